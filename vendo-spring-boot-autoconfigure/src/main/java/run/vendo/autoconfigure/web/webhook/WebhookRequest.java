package run.vendo.autoconfigure.web.webhook;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.StringUtils;

/**
 * A request whose body is read once, as received, before anything can decode it, and can
 * be read again by whoever wants it.
 */
final class WebhookRequest extends HttpServletRequestWrapper {

	private final int maxBodySize;

	private final Supplier<WebhookAnswer> tooLarge;

	private byte @Nullable [] body;

	private boolean decoded;

	private @Nullable Map<String, String[]> parameters;

	WebhookRequest(HttpServletRequest request, int maxBodySize, Supplier<WebhookAnswer> tooLarge) {
		super(request);
		this.maxBodySize = maxBodySize;
		this.tooLarge = tooLarge;
	}

	/**
	 * Return the body, reading it at the first call.
	 * @return the body as received
	 * @throws IOException if it cannot be read
	 * @throws WebhookAnswer if it is too large
	 */
	byte[] body() throws IOException {
		byte[] body = this.body;
		if (body == null) {
			if (getRequest().getContentLengthLong() > this.maxBodySize) {
				throw this.tooLarge.get();
			}
			body = getRequest().getInputStream().readNBytes(this.maxBodySize + 1);
			if (body.length > this.maxBodySize) {
				throw this.tooLarge.get();
			}
			this.body = body;
		}
		return body;
	}

	/**
	 * Show a body without its content coding from now on.
	 * @param content the decoded body
	 */
	void decodeAs(byte[] content) {
		this.body = content;
		this.decoded = true;
		this.parameters = null;
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		return new ReplayedBody(body());
	}

	@Override
	public BufferedReader getReader() throws IOException {
		String encoding = getCharacterEncoding();
		return new BufferedReader(
				new InputStreamReader(getInputStream(), (encoding != null) ? encoding : "ISO-8859-1"));
	}

	@Override
	public int getContentLength() {
		return (int) getContentLengthLong();
	}

	@Override
	public long getContentLengthLong() {
		return (this.decoded && this.body != null) ? this.body.length : super.getContentLengthLong();
	}

	@Override
	public @Nullable String getHeader(String name) {
		if (isHidden(name)) {
			return null;
		}
		return isReplaced(name) ? String.valueOf(getContentLengthLong()) : super.getHeader(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		if (isHidden(name)) {
			return Collections.emptyEnumeration();
		}
		return isReplaced(name) ? Collections.enumeration(Set.of(String.valueOf(getContentLengthLong())))
				: super.getHeaders(name);
	}

	@Override
	public Enumeration<String> getHeaderNames() {
		if (!this.decoded) {
			return super.getHeaderNames();
		}
		Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		names.addAll(Collections.list(super.getHeaderNames()));
		names.remove(HttpHeaders.CONTENT_ENCODING);
		return Collections.enumeration(names);
	}

	@Override
	public int getIntHeader(String name) {
		String value = getHeader(name);
		return (value != null) ? Integer.parseInt(value) : -1;
	}

	private boolean isHidden(String name) {
		return this.decoded && HttpHeaders.CONTENT_ENCODING.equalsIgnoreCase(name);
	}

	private boolean isReplaced(String name) {
		return this.decoded && HttpHeaders.CONTENT_LENGTH.equalsIgnoreCase(name) && super.getHeader(name) != null;
	}

	@Override
	public @Nullable String getParameter(String name) {
		String[] values = getParameterMap().get(name);
		return (values != null && values.length > 0) ? values[0] : null;
	}

	@Override
	public String @Nullable [] getParameterValues(String name) {
		return getParameterMap().get(name);
	}

	@Override
	public Enumeration<String> getParameterNames() {
		return Collections.enumeration(getParameterMap().keySet());
	}

	// The body is read first, so that the server finds nothing left of it and is asked
	// for
	// the parameters of the query alone.
	@Override
	public Map<String, String[]> getParameterMap() {
		Map<String, String[]> parameters = this.parameters;
		if (parameters == null) {
			byte[] body;
			try {
				body = body();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			Map<String, String[]> all = new LinkedHashMap<>(super.getParameterMap());
			if (FormParameters.isForm(getContentType())) {
				FormParameters.parse(body, getContentType())
					.forEach((name, values) -> all.merge(name, StringUtils.toStringArray(values),
							StringUtils::concatenateStringArrays));
			}
			parameters = Collections.unmodifiableMap(all);
			this.parameters = parameters;
		}
		return parameters;
	}

	// A body of parts is no JSON object, so there are none in a delivery whatever its
	// content type says.
	@Override
	public Collection<Part> getParts() {
		return List.of();
	}

	@Override
	public @Nullable Part getPart(String name) {
		return null;
	}

}
