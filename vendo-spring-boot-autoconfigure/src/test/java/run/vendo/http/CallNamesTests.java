package run.vendo.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallNames}.
 */
class CallNamesTests {

	private static final Pattern CALL = Pattern.compile("\\.call\\(\"([a-z]+)\", \"([A-Za-z]+)\"");

	private static final Pattern DASHBOARD_CALL = Pattern.compile("(?<![\\w.])call\\(\"([A-Za-z]+)\"");

	@Test
	void everyCallThatTheCodeMakesHasItsName() throws IOException {
		try (Stream<Path> sources = Files.walk(Path.of("src/main/java/run/vendo"))) {
			sources.filter((file) -> file.toString().endsWith(".java")).forEach((file) -> {
				Matcher call = CALL.matcher(read(file));
				while (call.find()) {
					assertKnown(call.group(1), call.group(2));
				}
			});
		}
		Matcher call = DASHBOARD_CALL
			.matcher(read(Path.of("src/main/java/run/vendo/dashboard/DefaultReactiveVendoDashboard.java")));
		while (call.find()) {
			assertKnown("dashboard", call.group(1));
		}
	}

	@Test
	void theGuideNamesThemAll() {
		String guide = read(Path.of("../docs/observability.md"));
		CallNames.OPERATIONS.forEach((api, operations) -> {
			assertThat(guide).contains("`" + api + "`");
			assertThat(operations).allSatisfy((operation) -> assertThat(guide).contains("`" + operation + "`"));
		});
	}

	private static void assertKnown(String api, String operation) {
		assertThat(CallNames.OPERATIONS).containsKey(api);
		assertThat(CallNames.OPERATIONS.get(api))
			.as("Add it to CallNames, or meters call it other; and to docs/observability.md")
			.contains(operation);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
