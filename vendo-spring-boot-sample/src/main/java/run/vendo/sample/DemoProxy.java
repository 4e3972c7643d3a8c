package run.vendo.sample;

import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import run.vendo.test.VendoPlatform;

import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.WebUtils;

/**
 * Does for the demo what the Vendo proxy does in front of an application: it takes away
 * what a request says about its user, and says itself who that is.
 */
@Component
@Conditional(DemoConfiguration.OnDemo.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
class DemoProxy extends OncePerRequestFilter {

	static final String COOKIE = "demo-user";

	private static final String CLAIMS = "x-vendo-";

	private final VendoPlatform platform;

	DemoProxy(VendoPlatform platform) {
		this.platform = platform;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		chain.doFilter(new ProxiedRequest(request, headers(user(request))), response);
	}

	/**
	 * Return whom a request acts as.
	 */
	static Optional<DemoUser> user(HttpServletRequest request) {
		Cookie cookie = WebUtils.getCookie(request, COOKIE);
		return DemoUser.of((cookie != null) ? cookie.getValue() : null);
	}

	private Map<String, String> headers(Optional<DemoUser> user) {
		Map<String, String> headers = new LinkedCaseInsensitiveMap<>();
		user.ifPresent((who) -> {
			headers.put("X-Vendo-User-Id", who.id());
			headers.put("X-Vendo-User-Email", who.id() + "@example.com");
			headers.put("X-Vendo-User-Name", who.words());
			headers.put("X-Vendo-Tenant-Id", "demo");
			headers.put("X-Vendo-Role", "member");
			headers.put("X-Vendo-User-JWT", this.platform.user(who.id()).jwt());
		});
		return headers;
	}

	/**
	 * A request with the headers of the proxy in place of its own.
	 */
	private static final class ProxiedRequest extends HttpServletRequestWrapper {

		private final Map<String, String> headers;

		ProxiedRequest(HttpServletRequest request, Map<String, String> headers) {
			super(request);
			this.headers = headers;
		}

		@Override
		public @Nullable String getHeader(String name) {
			return isClaim(name) ? this.headers.get(name) : super.getHeader(name);
		}

		@Override
		public Enumeration<String> getHeaders(String name) {
			if (!isClaim(name)) {
				return super.getHeaders(name);
			}
			String value = this.headers.get(name);
			return Collections.enumeration((value != null) ? Set.of(value) : Set.of());
		}

		@Override
		public Enumeration<String> getHeaderNames() {
			Set<String> names = new LinkedHashSet<>(this.headers.keySet());
			Collections.list(super.getHeaderNames()).stream().filter((name) -> !isClaim(name)).forEach(names::add);
			return Collections.enumeration(names);
		}

		private static boolean isClaim(String name) {
			return name.toLowerCase(Locale.ROOT).startsWith(CLAIMS);
		}

	}

}
