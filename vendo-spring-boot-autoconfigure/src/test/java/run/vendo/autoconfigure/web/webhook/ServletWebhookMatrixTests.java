package run.vendo.autoconfigure.web.webhook;

import java.util.List;

/**
 * {@link AbstractWebhookMatrixTests} on Tomcat with Spring MVC.
 */
class ServletWebhookMatrixTests extends AbstractWebhookMatrixTests {

	ServletWebhookMatrixTests() {
		super(WebhookServer.start(Stack.SERVLET, List.of(), SharedHandlers.Annotated.class,
				SharedHandlers.AnnotatedType.class, ServletHandlers.Annotated.class, ServletHandlers.Functional.class),
				List.of("/stack/stream", "/stack/reader", "/stack/request", "/stack/resource", "/stack/response",
						"/stack/callable", "/stack/own-async", "/stack/deferred", "/stack/streaming",
						"/stack/function"),
				List.of("/stack/stream", "/stack/request", "/stack/resource"),
				List.of("/shared/bytes", "/shared/optional-bytes", "/shared/entity", "/shared/event", "/stack/stream",
						"/stack/request", "/stack/resource"));
	}

}
