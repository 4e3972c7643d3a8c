package run.vendo.sample;

import java.net.URI;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.sso.VendoIdentity;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/**
 * What every page shows around its content.
 */
@ControllerAdvice(assignableTypes = { ConsolePage.class, OperationsPage.class })
class PageFrame {

	private final VendoClient vendo;

	private final ObjectProvider<DemoControls> demo;

	private final ObjectProvider<WebhookHandler> webhooks;

	private final StreamStatus stream;

	PageFrame(VendoClient vendo, StreamStatus stream, ObjectProvider<DemoControls> demo,
			ObjectProvider<WebhookHandler> webhooks) {
		this.vendo = vendo;
		this.stream = stream;
		this.demo = demo;
		this.webhooks = webhooks;
	}

	@ModelAttribute("frame")
	Frame frame(Optional<VendoIdentity> user) {
		boolean demo = this.demo.getIfAvailable() != null;
		return new Frame(mode(demo), this.vendo.isVendoMode(), user.orElse(null),
				demo ? List.of(DemoUser.values()) : List.of(), this.vendo.sso().dashboardUrl(),
				(this.webhooks.getIfAvailable() != null) ? WebhookHandler.PATH : null);
	}

	@ModelAttribute("stream")
	StreamStatus.View stream() {
		return this.stream.current();
	}

	private Mode mode(boolean demo) {
		return demo ? Mode.SIMULATOR : this.vendo.isVendoMode() ? Mode.PLATFORM : Mode.OSS;
	}

	/**
	 * What the application runs on.
	 */
	enum Mode {

		SIMULATOR("Simulator", Tone.WAITING), PLATFORM("Vendo", Tone.GOOD), OSS("OSS mode", Tone.NEUTRAL);

		private final String words;

		private final Tone tone;

		Mode(String words, Tone tone) {
			this.words = words;
			this.tone = tone;
		}

		public Tone tone() {
			return this.tone;
		}

		public String words() {
			return this.words;
		}

	}

	/**
	 * What every page shows.
	 *
	 * @param mode what the application runs on
	 * @param vendoMode whether there is an API key
	 * @param user who is signed in, or {@code null}
	 * @param users whom the demo can act as
	 * @param dashboard where providers are connected on the platform
	 * @param webhooks where webhooks are taken, or {@code null} without a secret
	 */
	record Frame(Mode mode, boolean vendoMode, @Nullable VendoIdentity user, List<DemoUser> users, URI dashboard,
			@Nullable String webhooks) {

		public boolean demo() {
			return this.mode == Mode.SIMULATOR;
		}

		/**
		 * Return whether there is a portal for whoever looks. The simulator's knows the
		 * application only.
		 */
		public boolean portal() {
			return this.vendoMode && !(demo() && this.user != null);
		}

	}

}
