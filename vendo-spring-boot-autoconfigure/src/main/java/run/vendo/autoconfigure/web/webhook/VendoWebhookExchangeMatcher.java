package run.vendo.autoconfigure.web.webhook;

import reactor.core.publisher.Mono;

import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.web.server.ServerWebExchange;

/**
 * Matches requests whose handler takes webhooks, for the rules of Spring Security in a
 * reactive application. Permitting them opens nothing: what is not a valid delivery is
 * refused all the same.
 *
 * @since 0.1.0
 */
public final class VendoWebhookExchangeMatcher implements ServerWebExchangeMatcher {

	private final ReactiveWebhookHandlers handlers;

	VendoWebhookExchangeMatcher(ReactiveWebhookHandlers handlers) {
		this.handlers = handlers;
	}

	@Override
	public Mono<MatchResult> matches(ServerWebExchange exchange) {
		if (exchange.getAttribute(WebhookDelivery.ATTRIBUTE) != null) {
			return MatchResult.match();
		}
		if (!this.handlers.mayTake(exchange)) {
			return MatchResult.notMatch();
		}
		return this.handlers.find(exchange)
			.flatMap((endpoint) -> MatchResult.match())
			.switchIfEmpty(MatchResult.notMatch());
	}

}
