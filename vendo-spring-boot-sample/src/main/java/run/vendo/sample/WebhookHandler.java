package run.vendo.sample;

import run.vendo.autoconfigure.web.webhook.VendoWebhookMapping;
import run.vendo.webhook.WebhookEvent;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes the webhooks of the platform. Only those with a valid signature get here, and
 * each one once, however often it is delivered.
 */
@RestController
@Conditional(WebhookHandler.OnSecret.class)
class WebhookHandler {

	static final String PATH = "/webhooks/vendo";

	private final ActivityLog log;

	WebhookHandler(ActivityLog log) {
		this.log = log;
	}

	@VendoWebhookMapping(PATH)
	void receive(WebhookEvent<?> event) {
		this.log.received(event);
	}

	/**
	 * Matches when there is a secret to verify webhooks with. A handler without one would
	 * not let the application start, which is right where webhooks are expected. Here
	 * they need not be.
	 */
	static class OnSecret extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			boolean secret = StringUtils.hasText(context.getEnvironment().getProperty("vendo.webhook.secret"));
			return secret ? ConditionOutcome.match("There is a webhook secret")
					: new DemoConfiguration.OnDemo().getMatchOutcome(context, metadata);
		}

	}

}
