package run.vendo.http;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;

import org.springframework.web.util.UriUtils;

/**
 * Turns values such as slugs and ids into one segment of a path.
 *
 * @since 0.1.0
 */
public final class PathSegments {

	private PathSegments() {
	}

	/**
	 * Return a provider's slug if it can be one segment of a path.
	 * @param slug the slug
	 * @return the slug
	 * @throws ValidationException if it is blank, {@code .}, {@code ..} or {@code _bulk},
	 * which is another endpoint of the credentials worker
	 */
	public static String requireSlug(@Nullable String slug) {
		String given = require(slug, "slug");
		if (given.equals("_bulk")) {
			throw otherPath(given, "slug");
		}
		return given;
	}

	/**
	 * Return a value percent-encoded for one segment of a path.
	 * @param value the value
	 * @param name what it is, for the message
	 * @return the encoded value
	 * @throws ValidationException if it is blank, {@code .} or {@code ..}
	 */
	public static String encode(@Nullable String value, String name) {
		return UriUtils.encode(require(value, name), StandardCharsets.UTF_8);
	}

	private static String require(@Nullable String value, String name) {
		if (value == null || value.isBlank()) {
			throw VendoHttp.invalid("A %s must not be blank".formatted(name));
		}
		if (value.equals(".") || value.equals("..")) {
			throw otherPath(value, name);
		}
		return value;
	}

	private static VendoException otherPath(String value, String name) {
		return VendoHttp.invalid("'%s' is not a %s: it would lead to another path".formatted(value, name));
	}

}
