package run.vendo.test;

import java.util.List;

import org.springframework.http.HttpHeaders;

/**
 * Who is signed in to the dashboard: at most one person, in one session.
 */
final class Sessions {

	private static final String NAME = "vendo_session=";

	private final Guard guard;

	private String value = Secrets.random(32);

	private boolean open = true;

	Sessions(Guard guard) {
		this.guard = guard;
	}

	/**
	 * Return the cookie of the session; begins one where there is none.
	 */
	String cookie() {
		return this.guard.get(() -> {
			if (!this.open) {
				this.value = Secrets.random(32);
				this.open = true;
			}
			return NAME + this.value;
		});
	}

	void end() {
		this.guard.run(() -> this.open = false);
	}

	/**
	 * Return whether a request comes in the session.
	 */
	boolean has(Call call) {
		List<String> headers = call.headers().getOrDefault(HttpHeaders.COOKIE, List.of());
		return this.guard.get(() -> this.open && headers.stream()
			.flatMap((header) -> List.of(header.split(";")).stream())
			.anyMatch((cookie) -> cookie.strip().equals(NAME + this.value)));
	}

	/**
	 * Check that a request comes in the session and with nothing else.
	 * @throws Refusal if it does not
	 */
	void require(Call call, KeyRing keys) {
		if (call.headers().containsHeader(HttpHeaders.AUTHORIZATION)) {
			keys.require(call, KeyRing.NONE);
		}
		if (!has(call)) {
			throw new Refusal(401, null, "Nobody is signed in");
		}
	}

}
