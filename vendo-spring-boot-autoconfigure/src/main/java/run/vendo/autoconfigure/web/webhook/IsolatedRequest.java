package run.vendo.autoconfigure.web.webhook;

import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request that looking for its handler leaves no attributes on.
 */
final class IsolatedRequest extends HttpServletRequestWrapper {

	private final Map<String, @Nullable Object> attributes = new HashMap<>();

	IsolatedRequest(HttpServletRequest request) {
		super(request);
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return this.attributes.containsKey(name) ? this.attributes.get(name) : super.getAttribute(name);
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		this.attributes.put(name, value);
	}

	@Override
	public void removeAttribute(String name) {
		this.attributes.put(name, null);
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		Set<String> names = new TreeSet<>(Collections.list(super.getAttributeNames()));
		this.attributes.forEach((name, value) -> {
			if (value != null) {
				names.add(name);
			}
			else {
				names.remove(name);
			}
		});
		return Collections.enumeration(names);
	}

}
