package run.vendo.autoconfigure.web;

import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Tells everything that happens in the course of a request who its user is.
 */
final class RequestUserWebFilter implements WebFilter, Ordered {

	private final ReactiveVendoRequests requests;

	RequestUserWebFilter(ReactiveVendoRequests requests) {
		this.requests = requests;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 20;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		RequestUser user = this.requests.user(exchange);
		return chain.filter(exchange).contextWrite((context) -> context.put(RequestUser.KEY, user));
	}

}
