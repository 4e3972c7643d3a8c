package run.vendo.sample;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ChromiumTests {

	@Test
	void whenMissingTestsAreSkippedAndSaySo() {
		assertThat(Chromium.evaluate(false, false)).satisfies((result) -> {
			assertThat(result.isDisabled()).isTrue();
			assertThat(result.getReason()).contains(Chromium.MISSING);
		});
	}

	@Test
	void whenMissingInCiTestsFail() {
		assertThatIllegalStateException().isThrownBy(() -> Chromium.evaluate(false, true))
			.withMessage(Chromium.MISSING);
	}

	@Test
	void whenInstalledTestsRun() {
		assertThat(Chromium.evaluate(true, true).isDisabled()).isFalse();
		assertThat(Chromium.evaluate(true, false).isDisabled()).isFalse();
	}

}
