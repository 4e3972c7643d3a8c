package run.vendo.sample;

import java.util.Locale;

import run.vendo.connection.ConnectionStatus;

/**
 * The colour in which something is said. Never the only sign: the words say the same.
 */
enum Tone {

	GOOD, WARNING, BAD, WAITING, NEUTRAL;

	static Tone of(ConnectionStatus status) {
		return switch (status.value()) {
			case "connected" -> GOOD;
			case "needs_reauth" -> WARNING;
			case "error", "revoked" -> BAD;
			case "pending_setup" -> WAITING;
			default -> NEUTRAL;
		};
	}

	/**
	 * Return the name of the CSS class.
	 */
	public String css() {
		return name().toLowerCase(Locale.ROOT);
	}

}
