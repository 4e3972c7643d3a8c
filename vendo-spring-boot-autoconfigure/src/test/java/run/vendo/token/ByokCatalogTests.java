package run.vendo.token;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ByokCatalog}.
 */
class ByokCatalogTests {

	private final ByokCatalog catalog = ByokCatalog.defaults();

	@ParameterizedTest
	@CsvSource({ "openai, OPENAI_API_KEY, false", "anthropic, ANTHROPIC_API_KEY, false",
			"openrouter, OPENROUTER_API_KEY, false", "gemini, GEMINI_API_KEY, false",
			"telegram, TELEGRAM_BOT_TOKEN, false", "elevenlabs, ELEVENLABS_API_KEY, false",
			"assemblyai, ASSEMBLYAI_API_KEY, false", "muapi, MUAPI_API_KEY, false",
			"notion, NOTION_API_TOKEN|NOTION_TOKEN, true", "gmail, GMAIL_ACCESS_TOKEN, true",
			"slack, SLACK_BOT_TOKEN|SLACK_SIGNING_SECRET, true", "instagram, INSTAGRAM_ACCESS_TOKEN, true",
			"supabase, SUPABASE_ACCESS_TOKEN, true" })
	void hasTheProvidersOfTheWire(String slug, String variables, boolean oauth) {
		ByokProvider provider = this.catalog.find(slug).orElseThrow();
		assertThat(provider.variables()).containsExactly(variables.split("\\|"));
		assertThat(provider.primaryVariable()).isEqualTo(variables.split("\\|")[0]);
		assertThat(provider.oauth()).isEqualTo(oauth);
		assertThat(provider.name()).isNotBlank();
		assertThat(this.catalog.variables(slug)).isEqualTo(provider.variables());
	}

	@Test
	void hasNoOtherProviders() {
		assertThat(this.catalog.providers()).hasSize(13);
		assertThat(this.catalog.find("unheard-of")).isEmpty();
		assertThat(this.catalog.variables("unheard-of")).isEmpty();
	}

	@Test
	void whenExtendedThenTheOldOneStaysAsItIs() {
		ByokCatalog extended = this.catalog
			.with(Map.of("my-crm", List.of("CRM_KEY", "CRM_OLD_KEY"), "gmail", List.of("OUR_GMAIL")));
		assertThat(extended.providers()).hasSize(14);
		assertThat(extended.find("my-crm")).hasValueSatisfying((provider) -> {
			assertThat(provider.variables()).containsExactly("CRM_KEY", "CRM_OLD_KEY");
			assertThat(provider.oauth()).isFalse();
		});
		assertThat(extended.find("gmail")).hasValueSatisfying((provider) -> {
			assertThat(provider.variables()).containsExactly("OUR_GMAIL");
			assertThat(provider.name()).isEqualTo("Gmail");
			assertThat(provider.oauth()).isTrue();
		});
		assertThat(this.catalog.find("my-crm")).isEmpty();
		assertThat(this.catalog.variables("gmail")).containsExactly("GMAIL_ACCESS_TOKEN");
	}

	@Test
	void whenExtendedTwiceThenBothCount() {
		ByokCatalog extended = this.catalog.with(Map.of("one", List.of("ONE"))).with(Map.of("two", List.of("TWO")));
		assertThat(extended.variables("one")).containsExactly("ONE");
		assertThat(extended.variables("two")).containsExactly("TWO");
		assertThat(extended.providers()).hasSize(15);
	}

	@Test
	void whenVariablesHaveWhiteSpaceAroundThenTheyAreTrimmedAndBlankOnesLeftOut() {
		assertThat(this.catalog.with(Map.of("my-crm", List.of(" CRM_KEY ", "", " "))).variables("my-crm"))
			.containsExactly("CRM_KEY");
	}

	@Test
	void whenNoVariableIsGivenThenItIsRefusedAtOnce() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.catalog.with(Map.of("my-crm", List.of())))
			.withMessageContaining("my-crm");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.catalog.with(Map.of("my-crm", Arrays.asList(" ", null))))
			.withMessageContaining("my-crm");
		assertThatIllegalArgumentException().isThrownBy(() -> this.catalog.with(Map.of(" ", List.of("CRM_KEY"))));
	}

	@Test
	void whenReadThenItCannotBeChanged() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.catalog.providers().clear());
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.catalog.variables("notion").clear());
	}

	@ParameterizedTest
	@CsvSource({ "slack, VENDO_TOKEN_SLACK", "my-own-crm, VENDO_TOKEN_MY_OWN_CRM", "a_b, VENDO_TOKEN_A_B",
			"Mixed-Case, VENDO_TOKEN_MIXED_CASE", "v2, VENDO_TOKEN_V2" })
	void namesTheOverrideVariable(String slug, String variable) {
		assertThat(ByokCatalog.overrideVariable(slug)).isEqualTo(variable);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void whenProviderHasNoSlugThenItIsRefused(String slug) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ByokProvider(slug, "Name", List.of("VARIABLE"), false));
	}

}
