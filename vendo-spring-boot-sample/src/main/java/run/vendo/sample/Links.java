package run.vendo.sample;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What may become a link on a page.
 */
final class Links {

	private Links() {
	}

	/**
	 * Return the URL if it leads to a web page. Others, {@code javascript:} among them,
	 * have no business in a page, wherever they come from.
	 */
	static @Nullable String web(@Nullable String url) {
		if (url == null) {
			return null;
		}
		String lower = url.toLowerCase(Locale.ROOT);
		return (lower.startsWith("https://") || lower.startsWith("http://")) ? url : null;
	}

}
