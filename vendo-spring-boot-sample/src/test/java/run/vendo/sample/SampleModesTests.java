package run.vendo.sample;

import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.test.VendoPlatform;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class SampleModesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(DemoConfiguration.class, Vendo.class);

	@Test
	void withoutKeyItRunsOnTheSimulator() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(VendoPlatform.class);
			VendoPlatform platform = context.getBean(VendoPlatform.class);
			assertThat(context.getBean(VendoClient.class).token("openai")).isEqualTo(platform.token("openai"));
		});
	}

	@Test
	void withBlankKeyItRunsOnTheSimulator() {
		this.runner.withPropertyValues("vendo.api-key= ")
			.run((context) -> assertThat(context).hasSingleBean(VendoPlatform.class));
	}

	@Test
	void withKeyItRunsOnThePlatform() {
		this.runner.withPropertyValues("vendo.api-key=vendo_sk_" + "a".repeat(32)).run((context) -> {
			assertThat(context).doesNotHaveBean(VendoPlatform.class);
			assertThat(context.getBean(VendoClient.class).connectUrl("slack")).hasHost("vendo.run");
		});
	}

	@Test
	void withNeitherKeyNorDemoItRunsInOssMode() {
		this.runner.withPropertyValues("sample.demo=false").run((context) -> {
			assertThat(context).doesNotHaveBean(VendoPlatform.class);
			assertThat(context.getBean(VendoClient.class).isVendoMode()).isFalse();
		});
	}

	@ImportAutoConfiguration(VendoAutoConfiguration.class)
	static class Vendo {

	}

}
