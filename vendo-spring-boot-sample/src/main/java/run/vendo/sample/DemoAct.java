package run.vendo.sample;

import java.util.function.BiConsumer;

import run.vendo.connection.ConnectionStatus;
import run.vendo.test.PlatformUser;
import run.vendo.test.VendoPlatform;

/**
 * What the demo can make happen to a connection, of the application or of a user.
 */
enum DemoAct {

	/** Somebody approves in the portal. */
	CONNECT("Connect", "%s is connected", VendoPlatform::connect, PlatformUser::connect),

	/** The token in use stops working before its time. */
	EXPIRE("Expire token", "The token of %s has expired", VendoPlatform::rotateToken, PlatformUser::rotateToken),

	/** The provider wants its user's consent again. */
	CONSENT("Need consent", "%s needs its user's consent again", VendoPlatform::needsReauth, PlatformUser::needsReauth),

	/** The provider does not answer as it should. */
	FAIL("Break", "%s is broken", (platform, slug) -> platform.error(slug, "The provider has not answered"),
			(user, slug) -> user.error(slug, "The provider has not answered")),

	/** The user takes access back. */
	REVOKE("Revoke", "%s is revoked", (platform, slug) -> platform.status(slug, ConnectionStatus.REVOKED),
			(user, slug) -> user.status(slug, ConnectionStatus.REVOKED));

	private final String words;

	private final String outcome;

	private final BiConsumer<VendoPlatform, String> application;

	private final BiConsumer<PlatformUser, String> user;

	DemoAct(String words, String outcome, BiConsumer<VendoPlatform, String> application,
			BiConsumer<PlatformUser, String> user) {
		this.words = words;
		this.outcome = outcome;
		this.application = application;
		this.user = user;
	}

	public String words() {
		return this.words;
	}

	String outcome(String slug) {
		return this.outcome.formatted(slug);
	}

	void on(VendoPlatform platform, String slug) {
		this.application.accept(platform, slug);
	}

	void on(PlatformUser user, String slug) {
		this.user.accept(user, slug);
	}

}
