package run.vendo.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import run.vendo.http.VendoCredential.Type;
import run.vendo.http.VendoEndpoint;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compares the reference of the HTTP API with the table that calls are checked by.
 */
class HttpApiReferenceTests {

	private static final Path PAGE = Path.of("../docs/http-api.md");

	@Test
	void everyEndpointHasItsRow() throws IOException {
		Map<String, List<String>> rows = rows();
		assertThat(rows.keySet()).as("docs/http-api.md has one row for each endpoint of VendoEndpoint")
			.containsExactlyElementsOf(Stream.of(VendoEndpoint.values()).map(HttpApiReferenceTests::name).toList());
		for (VendoEndpoint endpoint : VendoEndpoint.values()) {
			assertThat(rows.get(name(endpoint))).as("docs/http-api.md, row of %s", name(endpoint))
				.contains(credentials(endpoint.credentials()), limit(endpoint));
		}
	}

	private static String name(VendoEndpoint endpoint) {
		return "`" + endpoint.method() + " " + endpoint.path() + "`";
	}

	private static String credentials(Set<Type> types) {
		if (types.size() == Type.values().length) {
			return "public";
		}
		return types.stream().map((type) -> switch (type) {
			case APP_KEY -> "App Key";
			case CONNECTION_KEY -> "Connection Key";
			case IDENTITY_JWT -> "identity JWT";
			case SESSION_COOKIE -> "session cookie";
			case NONE -> "none";
		}).collect(Collectors.joining(", "));
	}

	private static String limit(VendoEndpoint endpoint) {
		return endpoint.limit()
			.map((limit) -> limit.calls() + (limit.window().equals(Duration.ofMinutes(1)) ? " a minute" : " an hour"))
			.orElse("–");
	}

	private static Map<String, List<String>> rows() throws IOException {
		Map<String, List<String>> rows = new LinkedHashMap<>();
		for (String line : Files.readAllLines(PAGE, StandardCharsets.UTF_8)) {
			if (line.matches("\\| `[A-Z]+ /.*")) {
				List<String> cells = Stream.of(line.split("\\|")).skip(1).map(String::strip).toList();
				assertThat(rows.put(cells.get(0), cells)).as("second row of %s", cells.get(0)).isNull();
			}
		}
		return rows;
	}

}
