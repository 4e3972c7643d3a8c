package run.vendo.autoconfigure.web.webhook;

/**
 * {@link AbstractWebhookTests} in the reactive stack.
 */
class ReactiveWebhookTests extends AbstractWebhookTests {

	ReactiveWebhookTests() {
		super(Stack.REACTIVE);
	}

}
