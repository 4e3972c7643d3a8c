package run.vendo.autoconfigure.web.webhook;

import org.springframework.boot.WebApplicationType;

/**
 * The two web stacks. Everything is promised for both.
 */
enum Stack {

	SERVLET(WebApplicationType.SERVLET), REACTIVE(WebApplicationType.REACTIVE);

	final WebApplicationType type;

	Stack(WebApplicationType type) {
		this.type = type;
	}

}
