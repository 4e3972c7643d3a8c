package run.vendo.http;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.cache.Cache;
import org.springframework.http.HttpHeaders;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.util.StringUtils;

/**
 * Answers that are kept. A cache that fails, or that is slow, is as good as none: calls
 * go on without it.
 */
final class AnswerCache {

	/** How long a call waits for the cache at most. */
	static final Duration PATIENCE = Duration.ofSeconds(1);

	private static final Log logger = LogFactory.getLog(AnswerCache.class);

	private static final int FORMAT = 2;

	// How many threads may hang in a cache at once.
	private static final int MOST_THREADS = 4;

	// How many questions may wait for a thread.
	private static final int MOST_WAITING = 256;

	private static final Duration LONGEST_LIFETIME = Duration.ofDays(365);

	private static final List<String> KEPT_HEADERS = List.of(HttpHeaders.CONTENT_TYPE, HttpHeaders.ETAG,
			HttpHeaders.LAST_MODIFIED);

	// What tells answers apart already, and what is the same with every call.
	private static final Set<String> KNOWN_VARIANTS = Set.of("accept", "accept-encoding", "authorization", "cookie",
			"origin", "user-agent", "vendo-api-version", VendoHttp.USER_JWT_HEADER.toLowerCase(Locale.ROOT));

	private final ResponseCaching caching;

	private final Clock clock;

	private final Scheduler scheduler;

	// Not one that callers work on: each would wait for a question behind it.
	private final ThreadPoolExecutor executor;

	private final AtomicInteger late = new AtomicInteger();

	// Families that were written to and of which the cache may not know yet.
	private final Map<String, UUID> unwritten = new ConcurrentHashMap<>();

	private final Condition reading = new Condition("be read");

	private final Condition writing = new Condition("be written");

	private final Condition inTime = new Condition("answer in time");

	AnswerCache(ResponseCaching caching, Clock clock, Scheduler scheduler) {
		this.caching = caching;
		this.clock = clock;
		this.scheduler = scheduler;
		CustomizableThreadFactory threads = new CustomizableThreadFactory("vendo-answers-");
		threads.setDaemon(true);
		this.executor = new ThreadPoolExecutor(MOST_THREADS, MOST_THREADS, 60, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MOST_WAITING), threads);
		this.executor.allowCoreThreadTimeOut(true);
	}

	/**
	 * Ask the cache no more. What it was asked before is still done.
	 */
	void close() {
		this.executor.shutdown();
	}

	/**
	 * Return how long an answer may be used.
	 * @param asked what the call says, or {@code null} when it says nothing
	 * @param path the path of the call, decoded
	 * @return the time, or {@code null} when it is not to be kept
	 */
	@Nullable Duration lifetime(@Nullable Duration asked, String path) {
		Duration lifetime = (asked != null) ? asked : this.caching.lifetime(path);
		if (lifetime == null || lifetime.isZero()) {
			return null;
		}
		return (lifetime.compareTo(LONGEST_LIFETIME) < 0) ? lifetime : LONGEST_LIFETIME;
	}

	/**
	 * Find what is kept.
	 * @param caller whose answer it is, and what else tells answers apart
	 * @param uri what is asked for
	 * @param path its path within the API
	 * @param patience how long to wait for the cache
	 * @return where the answer is kept, with the answer that is there; empty when the
	 * cache does not say
	 */
	Mono<Place> find(List<String> caller, URI uri, String path, Duration patience) {
		return soon(patience, () -> this.reading.check(() -> {
			// A write changes it, so that an answer that was asked for before the write
			// is not found after it.
			String generation = generation(family(uri, path));
			TextDigest digest = new TextDigest().add(uri.toString()).add(generation);
			caller.forEach(digest::add);
			String key = digest.end();
			byte[] bytes = bytes(this.caching.cache().get(key));
			return new Place(key, (bytes != null) ? Entry.read(bytes) : null);
		}));
	}

	boolean isFresh(Entry entry) {
		long now = this.clock.millis();
		// A clock that was set back makes nothing last longer.
		return entry.storedAt() <= now && now < entry.freshUntil();
	}

	/**
	 * Keep an answer, unless it says that it must not be kept.
	 * @param place where
	 * @param answer the answer; without a body it says that what is kept is still good
	 * @param sent the headers that tell calls apart
	 * @param lifetime how long it may be used
	 * @param patience how long to wait for the cache
	 * @return empty when it is kept, or when that takes too long
	 */
	Mono<Void> keep(Place place, Received answer, HttpHeaders sent, Duration lifetime, Duration patience) {
		Entry entry = place.entry();
		if (!mayBeKept(answer.headers(), sent)) {
			return (entry != null) ? write(patience, () -> this.caching.cache().evict(place.key())) : Mono.empty();
		}
		long now = this.clock.millis();
		long until = now + lifetime.toMillis();
		byte[] body = answer.body();
		if (body != null) {
			Entry kept = new Entry(answer.status(), kept(answer.headers()), body, now, until);
			return write(patience, () -> this.caching.cache().put(place.key(), kept.write()));
		}
		if (entry != null) {
			Entry renewed = new Entry(entry.status(), entry.headers(), entry.body(), now, until);
			return write(patience, () -> this.caching.cache().put(place.key(), renewed.write()));
		}
		return Mono.empty();
	}

	private static boolean mayBeKept(HttpHeaders headers, HttpHeaders sent) {
		for (String control : headers.getOrEmpty(HttpHeaders.CACHE_CONTROL)) {
			if (control.toLowerCase(Locale.ROOT).contains("no-store")) {
				return false;
			}
		}
		for (String vary : headers.getOrEmpty(HttpHeaders.VARY)) {
			for (String name : StringUtils.tokenizeToStringArray(vary, ",")) {
				if (!KNOWN_VARIANTS.contains(name.toLowerCase(Locale.ROOT)) && !sent.containsHeader(name)) {
					return false;
				}
			}
		}
		return true;
	}

	/**
	 * Drop what is kept of a path and its family.
	 * @param uri what was written to
	 * @param paths its path within the API, and others whose answers it changes
	 * @param patience how long to wait for the cache
	 * @return empty when it is dropped, or when that takes too long
	 */
	Mono<Void> written(URI uri, List<String> paths, Duration patience) {
		return Mono.defer(() -> {
			UUID mark = UUID.randomUUID();
			List<String> families = paths.stream().map((path) -> family(uri, path)).distinct().toList();
			families.forEach((family) -> this.unwritten.put(family, mark));
			return write(patience, () -> families.forEach((family) -> renew(family, mark)));
		});
	}

	private String renew(String family, UUID mark) {
		String generation = UUID.randomUUID().toString();
		this.caching.cache().put(family, generation.getBytes(StandardCharsets.UTF_8));
		this.unwritten.remove(family, mark);
		return generation;
	}

	private String generation(String family) {
		UUID mark = this.unwritten.get(family);
		if (mark != null) {
			return renew(family, mark);
		}
		byte[] known = bytes(this.caching.cache().get(family));
		if (known == null) {
			// The cache may have dropped it and kept the answers: they must not come
			// back.
			byte[] fresh = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
			byte[] other = bytes(this.caching.cache().putIfAbsent(family, fresh));
			known = (other != null) ? other : fresh;
		}
		return new String(known, StandardCharsets.UTF_8);
	}

	private static String family(URI uri, String path) {
		String[] segments = path.split("/", 4);
		String family = (segments.length > 2) ? segments[1] + "/" + segments[2] : path;
		return "written:" + new TextDigest().add(uri.getScheme() + "://" + uri.getRawAuthority()).add(family).end();
	}

	private static HttpHeaders kept(HttpHeaders headers) {
		HttpHeaders kept = new HttpHeaders();
		for (String name : KEPT_HEADERS) {
			String value = headers.getFirst(name);
			if (value != null) {
				kept.set(name, value);
			}
		}
		return kept;
	}

	private static byte @Nullable [] bytes(Cache.@Nullable ValueWrapper kept) {
		Object value = (kept != null) ? kept.get() : null;
		if (value == null || value instanceof byte[]) {
			return (byte[]) value;
		}
		if (value instanceof String text) {
			// What a cache that writes JSON makes of bytes.
			return Base64.getDecoder().decode(text);
		}
		throw new IllegalStateException(
				"The cache gives %s for bytes it was given".formatted(value.getClass().getName()));
	}

	private Mono<Void> write(Duration patience, Runnable work) {
		return soon(patience, () -> this.writing.check(() -> {
			work.run();
			return true;
		})).then();
	}

	/**
	 * Do something that may take long, as a cache may be behind a network, and wait for
	 * it a while. It goes on when nobody waits any more. A cache that is not given all
	 * its time has not failed when that is over.
	 */
	private <T> Mono<T> soon(Duration patience, Supplier<@Nullable T> work) {
		return Mono.defer(() -> {
			if (this.late.get() >= MOST_THREADS) {
				return Mono.empty();
			}
			CompletableFuture<@Nullable T> done = new CompletableFuture<>();
			try {
				this.executor.execute(Schedulers.onSchedule(() -> {
					try {
						done.complete(work.get());
					}
					finally {
						done.complete(null);
					}
				}));
			}
			catch (RejectedExecutionException ex) {
				// Too many wait already, and will say so if it is in vain.
				logger.debug("The cache of answers is not asked, as it has enough to do");
				return Mono.empty();
			}
			if (patience.isZero()) {
				return Mono.empty();
			}
			return Mono.fromFuture(done, true)
				.doOnSuccess((value) -> this.inTime.worked())
				.timeout(Mono.delay(patience, this.scheduler), Mono.defer(() -> {
					this.late.incrementAndGet();
					done.whenComplete((value, failure) -> this.late.decrementAndGet());
					if (patience.compareTo(PATIENCE) >= 0) {
						this.inTime.failed(null);
					}
					return Mono.empty();
				}));
		});
	}

	/**
	 * Where an answer is kept.
	 *
	 * @param key the key of the cache
	 * @param entry what is there, or {@code null}
	 */
	record Place(String key, @Nullable Entry entry) {

	}

	/**
	 * An answer that may be kept.
	 *
	 * @param status its status
	 * @param headers its headers
	 * @param body its body, or {@code null} when it says that what is kept is still good
	 */
	record Received(int status, HttpHeaders headers, byte @Nullable [] body) {

	}

	/**
	 * An answer that is kept.
	 *
	 * @param status its status
	 * @param headers what is kept of its headers
	 * @param body its body
	 * @param storedAt when it was kept, in milliseconds since 1970
	 * @param freshUntil when it has grown old, in milliseconds since 1970
	 */
	record Entry(int status, HttpHeaders headers, byte[] body, long storedAt, long freshUntil) {

		byte[] write() {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream(this.body.length + 256);
			try (DataOutputStream out = new DataOutputStream(bytes)) {
				out.writeByte(FORMAT);
				out.writeShort(this.status);
				out.writeLong(this.storedAt);
				out.writeLong(this.freshUntil);
				for (String name : KEPT_HEADERS) {
					String value = this.headers.getFirst(name);
					out.writeUTF((value != null) ? value : "");
				}
				out.writeInt(this.body.length);
				out.write(this.body);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			return bytes.toByteArray();
		}

		static @Nullable Entry read(byte[] bytes) {
			try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
				if (in.readByte() != FORMAT) {
					return null;
				}
				int status = in.readShort();
				long storedAt = in.readLong();
				long freshUntil = in.readLong();
				HttpHeaders headers = new HttpHeaders();
				for (String name : KEPT_HEADERS) {
					String value = in.readUTF();
					if (!value.isEmpty()) {
						headers.set(name, value);
					}
				}
				byte[] body = in.readNBytes(in.readInt());
				return new Entry(status, headers, body, storedAt, freshUntil);
			}
			catch (IOException | RuntimeException ex) {
				// Written by another version, or not by us.
				return null;
			}
		}

	}

	/**
	 * Whether the cache can do something. Told when that changes, and not with every
	 * call.
	 */
	private static final class Condition {

		private final String what;

		private final AtomicBoolean failing = new AtomicBoolean();

		Condition(String what) {
			this.what = what;
		}

		<T> @Nullable T check(Supplier<T> work) {
			try {
				T result = work.get();
				worked();
				return result;
			}
			catch (RuntimeException | LinkageError ex) {
				failed(ex);
				return null;
			}
		}

		void worked() {
			if (this.failing.get() && this.failing.compareAndSet(true, false)) {
				logger.info("The cache of answers can %s again".formatted(this.what));
			}
		}

		void failed(@Nullable Throwable failure) {
			if (this.failing.compareAndSet(false, true)) {
				logger.warn("The cache of answers cannot %s, and calls go on without it".formatted(this.what), failure);
			}
			else if (logger.isDebugEnabled()) {
				logger.debug("The cache of answers still cannot %s".formatted(this.what), failure);
			}
		}

	}

}
