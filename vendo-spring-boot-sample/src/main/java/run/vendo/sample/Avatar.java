package run.vendo.sample;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.web.util.HtmlUtils;

/**
 * What stands for a provider that there is no logo of.
 *
 * @param initials one or two letters
 * @param color the background, as CSS writes it
 * @param ink the colour of the letters, which contrasts with the background
 */
record Avatar(String initials, String color, String ink) {

	private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");

	private static final List<String> COLORS = List.of("#4338ca", "#0f766e", "#9d174d", "#92400e", "#1d4ed8", "#5b21b6",
			"#166534", "#9f1239");

	private static final int LIGHT = 150;

	static Avatar of(String slug, String name, @Nullable String brandColor) {
		String color = (brandColor != null && HEX.matcher(brandColor).matches()) ? brandColor
				: COLORS.get(Math.floorMod(slug.hashCode(), COLORS.size()));
		return new Avatar(initials(name), color, (brightness(color) > LIGHT) ? "#111827" : "#ffffff");
	}

	/**
	 * Return the picture.
	 */
	byte[] svg() {
		return """
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">
				<rect width="40" height="40" fill="%s"/>
				<text x="20" y="26" text-anchor="middle" fill="%s" font-family="system-ui, sans-serif" font-size="16"
				font-weight="650">%s</text>
				</svg>
				""".formatted(this.color, this.ink, HtmlUtils.htmlEscapeDecimal(this.initials))
			.getBytes(StandardCharsets.UTF_8);
	}

	private static String initials(String name) {
		String[] words = name.strip().split("[\\s_-]+");
		String initials = switch (words.length) {
			case 0 -> "?";
			case 1 -> first(words[0], 2);
			default -> first(words[0], 1) + first(words[1], 1);
		};
		return initials.toUpperCase(Locale.ROOT);
	}

	private static String first(String word, int count) {
		return word.substring(0, word.offsetByCodePoints(0, Math.min(count, word.codePointCount(0, word.length()))));
	}

	private static int brightness(String color) {
		int rgb = Integer.parseInt(color.substring(1), 16);
		return ((rgb >> 16 & 0xff) * 299 + (rgb >> 8 & 0xff) * 587 + (rgb & 0xff) * 114) / 1000;
	}

}
