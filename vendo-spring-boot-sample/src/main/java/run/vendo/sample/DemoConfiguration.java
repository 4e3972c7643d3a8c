package run.vendo.sample;

import java.util.List;
import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import run.vendo.test.VendoPlatform;
import run.vendo.test.autoconfigure.AutoConfigureVendoPlatform;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * What the sample runs on without an account: the simulator of the platform that Vendo's
 * test module brings, with a few connections to look at.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(DemoConfiguration.OnDemo.class)
@PropertySource("classpath:demo.properties")
@AutoConfigureVendoPlatform
class DemoConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(DemoConfiguration.class);

	@Bean
	VendoPlatform vendoPlatform() {
		VendoPlatform platform = VendoPlatform.builder().freshTokens(true).start();
		// The others have initials.
		for (String slug : List.of("openai", "supabase")) {
			platform.integration(slug, Map.of("logo_url", platform.baseUrl() + "/logos/" + slug + ".svg"));
		}
		platform.connect("openai");
		platform.connect("slack");
		platform.needsReauth("slack");
		platform.connect("supabase", (connection) -> connection.context(Map.of("ref", "demo")));
		platform.spendCaps(5_000_000L, 50_000_000L);
		platform.user(DemoUser.ALICE.id()).connect("openai");
		platform.user(DemoUser.ALICE.id()).connect("notion");
		platform.user(DemoUser.BOB.id()).connect("gmail");
		platform.user(DemoUser.BOB.id()).needsReauth("gmail");
		logger.info("No VENDO_API_KEY is set: running on the simulator of the Vendo platform at {}. "
				+ "Nothing here is real.", platform.baseUrl());
		return platform;
	}

	/**
	 * Matches when there is no API key, unless {@code sample.demo=false} asks for OSS
	 * mode.
	 */
	static class OnDemo extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConditionMessage.Builder message = ConditionMessage.forCondition("Demo");
			if (StringUtils.hasText(context.getEnvironment().getProperty("vendo.api-key"))) {
				return ConditionOutcome.noMatch(message.found("API key").atAll());
			}
			if (!context.getEnvironment().getProperty("sample.demo", Boolean.class, true)) {
				return ConditionOutcome.noMatch(message.because("sample.demo is false"));
			}
			return ConditionOutcome.match(message.didNotFind("API key").atAll());
		}

	}

}
