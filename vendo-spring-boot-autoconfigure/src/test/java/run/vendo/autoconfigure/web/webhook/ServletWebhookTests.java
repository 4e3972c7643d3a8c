package run.vendo.autoconfigure.web.webhook;

/**
 * {@link AbstractWebhookTests} in the servlet stack.
 */
class ServletWebhookTests extends AbstractWebhookTests {

	ServletWebhookTests() {
		super(Stack.SERVLET);
	}

}
