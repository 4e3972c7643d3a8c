package run.vendo.autoconfigure.exchange;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import run.vendo.http.Redaction;
import run.vendo.http.VendoHttp;

import org.springframework.boot.actuate.web.exchanges.HttpExchange;
import org.springframework.boot.actuate.web.exchanges.HttpExchangeRepository;

/**
 * Hands exchanges on without the user's JWT, without the query of a connect URL and
 * without what looks like a secret in a URL.
 */
final class MaskedHttpExchangeRepository implements HttpExchangeRepository {

	private static final String CONNECT_URL_KEY = "app_key=";

	private final HttpExchangeRepository repository;

	MaskedHttpExchangeRepository(HttpExchangeRepository repository) {
		this.repository = repository;
	}

	@Override
	public List<HttpExchange> findAll() {
		return this.repository.findAll();
	}

	// The remote address may be missing, which its constructor takes without saying so.
	@Override
	@SuppressWarnings("NullAway")
	public void add(HttpExchange exchange) {
		HttpExchange.Request request = exchange.getRequest();
		HttpExchange.Response response = exchange.getResponse();
		this.repository.add(new HttpExchange(exchange.getTimestamp(),
				new HttpExchange.Request(masked(request.getUri()), request.getRemoteAddress(), request.getMethod(),
						masked(request.getHeaders())),
				new HttpExchange.Response(response.getStatus(), masked(response.getHeaders())), exchange.getPrincipal(),
				exchange.getSession(), exchange.getTimeTaken()));
	}

	private static Map<String, List<String>> masked(Map<String, List<String>> headers) {
		Map<String, List<String>> masked = new LinkedHashMap<>();
		headers
			.forEach((name, values) -> masked.put(name, values.stream().map((value) -> masked(name, value)).toList()));
		return masked;
	}

	private static URI masked(URI uri) {
		String text = uri.toString();
		String masked = text.contains(CONNECT_URL_KEY) ? Redaction.mask(uri) : Redaction.mask(text);
		try {
			return masked.equals(text) ? uri : URI.create(masked);
		}
		catch (IllegalArgumentException ex) {
			return URI.create(Redaction.mask(uri));
		}
	}

	private static String masked(String name, String value) {
		if (name.equalsIgnoreCase(VendoHttp.USER_JWT_HEADER)) {
			return "******";
		}
		if (!value.contains(CONNECT_URL_KEY)) {
			return Redaction.mask(value);
		}
		try {
			return Redaction.mask(URI.create(value));
		}
		catch (IllegalArgumentException ex) {
			return "******";
		}
	}

}
