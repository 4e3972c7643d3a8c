package run.vendo.autoconfigure.web;

import java.io.IOException;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Tells the thread of a request who its user is. Comes early, so that Spring Security and
 * the filters of the application know it already.
 */
final class RequestUserFilter implements Filter {

	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 20;

	private final SingletonSupplier<VendoRequests> requests;

	RequestUserFilter(ObjectProvider<VendoRequests> requests) {
		this.requests = SingletonSupplier.of(requests::getObject);
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (!(request instanceof HttpServletRequest http)) {
			chain.doFilter(request, response);
			return;
		}
		RequestUser before = CurrentUser.get();
		CurrentUser.set(this.requests.obtain().user(http));
		try {
			chain.doFilter(request, response);
		}
		finally {
			CurrentUser.set(before);
		}
	}

}
