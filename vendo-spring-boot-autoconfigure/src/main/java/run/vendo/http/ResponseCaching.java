package run.vendo.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.util.AntPathMatcher;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Which answers are kept, where and for how long. Nothing is kept unless asked to.
 * Immutable.
 * <p>
 * Only answers to {@code GET} are kept, each for one credential and one user; those that
 * hold credentials never are. One that has grown old is asked for again with its
 * {@code ETag} or {@code Last-Modified}, where it has one. A write to a path drops what
 * is kept of the paths that share its first two segments, for example all of
 * {@code /api/apps}, and of others whose answers it changes. The cache sees whole
 * answers, and whatever they hold. A call waits for it for a second at most.
 *
 * @since 0.1.0
 */
public final class ResponseCaching {

	private static final AntPathMatcher PATHS = new AntPathMatcher();

	private final Supplier<Cache> cache;

	private final Map<String, Duration> lifetimes;

	private ResponseCaching(Supplier<Cache> cache, Map<String, Duration> lifetimes) {
		this.cache = cache;
		this.lifetimes = lifetimes;
	}

	/**
	 * Return that only those answers are kept whose call says so.
	 * @param cache where they are kept; its values are byte arrays and its keys texts
	 * @return the caching
	 * @see RequestSpec#cacheFor(Duration)
	 */
	public static ResponseCaching in(Cache cache) {
		Assert.notNull(cache, "'cache' must not be null");
		return new ResponseCaching(() -> cache, Map.of());
	}

	/**
	 * Keep the answers of some paths.
	 * @param pathPattern the paths, for example {@code /api/tools/**}, beginning with
	 * {@code /}; the first pattern that matches counts
	 * @param lifetime how long an answer is used, positive, and 365 days at most
	 * @return a new caching
	 */
	public ResponseCaching keep(String pathPattern, Duration lifetime) {
		Assert.hasText(pathPattern, "'pathPattern' must not be blank");
		Assert.isTrue(pathPattern.startsWith("/"), "'pathPattern' must begin with '/'");
		Assert.isTrue(isWellFormed(pathPattern), () -> "'pathPattern' has braces that do not match: " + pathPattern);
		Assert.isTrue(!lifetime.isNegative() && !lifetime.isZero(), "'lifetime' must be positive");
		Map<String, Duration> lifetimes = new LinkedHashMap<>(this.lifetimes);
		lifetimes.putIfAbsent(pathPattern, lifetime);
		return new ResponseCaching(this.cache, lifetimes);
	}

	// Found out here and not with a call: a pattern that is wrong never matches.
	private static boolean isWellFormed(String pathPattern) {
		try {
			for (String segment : StringUtils.tokenizeToStringArray(pathPattern, "/")) {
				String variables = segment.replaceAll("\\{(?:[^/{}]|\\{[^/{}]*})+}", "");
				if (variables.indexOf('{') >= 0 || variables.indexOf('}') >= 0) {
					return false;
				}
				PATHS.match(segment, segment);
			}
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	Cache cache() {
		return this.cache.get();
	}

	@Nullable Duration lifetime(String path) {
		for (Map.Entry<String, Duration> each : this.lifetimes.entrySet()) {
			if (PATHS.match(each.getKey(), path)) {
				return each.getValue();
			}
		}
		return null;
	}

}
