package run.vendo.autoconfigure.web.webhook;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FormParameters}.
 */
class FormParametersTests {

	@Test
	void whatNobodyCanDecodeIsLeftOut() {
		assertThat(parse("a=1&b=%zz&=x&&c&a=%C3%BC+")).hasSize(2)
			.containsEntry("a", List.of("1", "ü "))
			.containsEntry("c", List.of(""));
	}

	@Test
	void aFloodOfParametersIsNotRead() {
		String flood = IntStream.range(0, 100_000).mapToObj((i) -> "p" + i).collect(Collectors.joining("&"));
		assertThat(parse(flood)).hasSize(1000).containsKeys("p0", "p999");
	}

	private static MultiValueMap<String, String> parse(String body) {
		return FormParameters.parse(body.getBytes(StandardCharsets.UTF_8), MediaType.APPLICATION_FORM_URLENCODED_VALUE);
	}

}
