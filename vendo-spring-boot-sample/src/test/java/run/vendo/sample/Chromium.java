package run.vendo.sample;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets tests run where Chromium and its driver are installed. Elsewhere they are skipped,
 * but not in CI: there they fail, so that nobody believes they have passed.
 */
final class Chromium implements ExecutionCondition {

	static final String MISSING = "Chromium and chromedriver are not on the PATH. On Debian: apt-get install chromium chromium-driver";

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		return evaluate(browser().isPresent() && driver().isPresent(), System.getenv("CI") != null);
	}

	static ConditionEvaluationResult evaluate(boolean installed, boolean ci) {
		if (installed) {
			return ConditionEvaluationResult.enabled("Chromium is installed");
		}
		if (ci) {
			throw new IllegalStateException(MISSING);
		}
		return ConditionEvaluationResult.disabled(MISSING);
	}

	static Optional<Path> browser() {
		return Stream.of("chromium", "chromium-browser", "google-chrome")
			.flatMap((name) -> find(name).stream())
			.findFirst();
	}

	static Optional<Path> driver() {
		return find("chromedriver");
	}

	private static Optional<Path> find(String program) {
		return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
			.filter((folder) -> !folder.isBlank())
			.map((folder) -> Path.of(folder, program))
			.filter(Files::isExecutable)
			.findFirst();
	}

}
