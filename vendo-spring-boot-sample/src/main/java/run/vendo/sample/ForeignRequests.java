package run.vendo.sample;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Tells which requests a page of another site has a browser of this machine send. Nobody
 * signs in here, so such a page could do and see all that the person before the browser
 * can: with a name of its own that leads to this machine, it is even of the same origin.
 * An application with Spring Security has its firewall and its CSRF protection instead.
 */
@Component
class ForeignRequests {

	private static final String ANY = "*";

	private static final String PROBE = "/healthz";

	private static final Pattern LOOPBACK = Pattern
		.compile("([a-z0-9._-]+\\.)?localhost\\.?|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

	private static final Pattern PORT = Pattern.compile(":\\d*$");

	private static final Set<String> SAFE = Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(),
			HttpMethod.OPTIONS.name());

	private static final Set<String> OWN = Set.of("same-origin", "none");

	private final Set<String> hosts;

	/**
	 * Create the rules.
	 * @param hosts the names under which others than this machine reach the sample;
	 * {@code *} for any
	 */
	ForeignRequests(@Value("${sample.hosts:}") Set<String> hosts) {
		this.hosts = hosts.stream()
			.map((host) -> host.toLowerCase(Locale.ROOT))
			.collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Return why a request is refused, or {@code null} if it is not.
	 */
	@Nullable Refusal refusal(HttpServletRequest request) {
		String host = request.getHeader(HttpHeaders.HOST);
		boolean safe = SAFE.contains(request.getMethod());
		if (safe && (request.getContextPath() + PROBE).equals(request.getRequestURI())) {
			// Whoever asks whether this is alive may call it what he likes, and learns
			// nothing else. By the path as it was sent: others may read it otherwise.
			return null;
		}
		if (!isKnown(host)) {
			return new Refusal(HttpStatus.MISDIRECTED_REQUEST,
					"The sample has no sign-in, so it answers this machine alone: open it at http://localhost. If others "
							+ "may see it, and do what its buttons do, start it with the property 'sample.hosts' set to "
							+ "the host name that they use.");
		}
		if (!safe && isFromAnotherSite(request, host)) {
			return new Refusal(HttpStatus.FORBIDDEN,
					"A page of another site has asked for this change. Make it on the sample's own page.");
		}
		return null;
	}

	private boolean isKnown(@Nullable String host) {
		if (this.hosts.contains(ANY)) {
			return true;
		}
		if (host == null) {
			return false;
		}
		String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
		return LOOPBACK.matcher(name).matches() || this.hosts.contains(name);
	}

	/**
	 * Return whether a browser says so. What is not a browser, as the sender of a
	 * webhook, says neither.
	 */
	private static boolean isFromAnotherSite(HttpServletRequest request, @Nullable String host) {
		String site = request.getHeader("Sec-Fetch-Site");
		if (site != null) {
			return !OWN.contains(site);
		}
		String origin = request.getHeader(HttpHeaders.ORIGIN);
		return origin != null && !isOf(host, origin);
	}

	// Not by the scheme: a proxy in front of this may speak TLS.
	private static boolean isOf(@Nullable String host, String origin) {
		try {
			String authority = new URI(origin).getRawAuthority();
			return authority != null && authority.equalsIgnoreCase(host);
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	/**
	 * What the answer says.
	 */
	record Refusal(HttpStatus status, String reason) {

	}

}
