package run.vendo.autoconfigure.web.webhook;

/**
 * {@link AbstractWebhookHandlerFormTests} in Spring WebFlux.
 */
class ReactiveWebhookHandlerFormTests extends AbstractWebhookHandlerFormTests {

	ReactiveWebhookHandlerFormTests() {
		super(Stack.REACTIVE);
	}

}
