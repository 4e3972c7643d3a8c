package run.vendo.autoconfigure.web.webhook;

import java.util.List;

/**
 * {@link AbstractWebhookMatrixTests} on Reactor Netty with Spring WebFlux.
 */
class ReactiveWebhookMatrixTests extends AbstractWebhookMatrixTests {

	ReactiveWebhookMatrixTests() {
		super(WebhookServer.start(Stack.REACTIVE, List.of(), SharedHandlers.Annotated.class,
				SharedHandlers.AnnotatedType.class, ReactiveHandlers.Annotated.class,
				ReactiveHandlers.Functional.class),
				List.of("/stack/mono", "/stack/mono-record", "/stack/mono-event", "/stack/mono-entity", "/stack/flux",
						"/stack/exchange", "/stack/request", "/stack/function"),
				List.of("/stack/mono-entity", "/stack/flux", "/stack/exchange", "/stack/request"),
				// Spring WebFlux refuses to read a form into a request body.
				List.of("/shared/event", "/stack/exchange", "/stack/request"));
	}

}
