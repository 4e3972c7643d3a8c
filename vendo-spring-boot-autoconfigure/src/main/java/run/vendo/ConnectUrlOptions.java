package run.vendo;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * What the connect portal does when somebody is done with it.
 *
 * @param returnTo where to send the browser, or {@code null} to stay in the portal
 * @param state what to send along unchanged, or {@code null}
 * @since 0.1.0
 */
public record ConnectUrlOptions(@Nullable String returnTo, @Nullable String state) {

	private static final ConnectUrlOptions NONE = new ConnectUrlOptions(null, null);

	/**
	 * Return options with nothing set.
	 * @return the options
	 */
	public static ConnectUrlOptions none() {
		return NONE;
	}

	/**
	 * Return these options with a place to return to.
	 * @param returnTo where to send the browser
	 * @return new options
	 */
	public ConnectUrlOptions withReturnTo(@Nullable String returnTo) {
		return new ConnectUrlOptions(returnTo, this.state);
	}

	/**
	 * Return these options with a place to return to.
	 * @param returnTo where to send the browser
	 * @return new options
	 */
	public ConnectUrlOptions withReturnTo(URI returnTo) {
		return withReturnTo(returnTo.toString());
	}

	/**
	 * Return these options with a state.
	 * @param state what to send along unchanged
	 * @return new options
	 */
	public ConnectUrlOptions withState(@Nullable String state) {
		return new ConnectUrlOptions(this.returnTo, state);
	}

	@Override
	public String toString() {
		return "ConnectUrlOptions[returnTo=" + ((this.returnTo != null) ? "***" : null) + ", state="
				+ ((this.state != null) ? "***" : null) + "]";
	}

}
