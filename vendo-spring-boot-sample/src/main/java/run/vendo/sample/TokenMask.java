package run.vendo.sample;

/**
 * Shows enough of a token to tell two apart, and too little to use one.
 */
final class TokenMask {

	private static final int SHOWN = 4;

	private static final int SHORTEST = 16;

	private TokenMask() {
	}

	static String mask(String token) {
		return (token.length() < SHORTEST) ? "…" : "…" + token.substring(token.length() - SHOWN);
	}

}
