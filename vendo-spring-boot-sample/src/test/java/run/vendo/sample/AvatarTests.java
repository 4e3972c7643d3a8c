package run.vendo.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AvatarTests {

	@ParameterizedTest
	@CsvSource({ "OpenAI, OP", "Google Mail, GM", "x, X", "google_drive, GD", "-, ?", "'', ''" })
	void initialsAreOfTheName(String name, String initials) {
		assertThat(Avatar.of("slug", name, null).initials()).isEqualTo(initials);
	}

	@Test
	void lettersContrastWithTheBrandsColor() {
		assertThat(Avatar.of("slug", "Slug", "#ffe01b")).extracting(Avatar::color, Avatar::ink)
			.containsExactly("#ffe01b", "#111827");
		assertThat(Avatar.of("slug", "Slug", "#4A154B").ink()).isEqualTo("#ffffff");
	}

	@ParameterizedTest
	@ValueSource(strings = { "red", "#fff", "url(https://example.com/)", "#12345g", "#123456;x" })
	void whatIsNotAColorIsNotUsed(String color) {
		assertThat(Avatar.of("slug", "Slug", color).color()).isNotEqualTo(color).matches("#[0-9a-f]{6}");
	}

}
