package run.vendo.test.docs;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.RateLimitedException;
import run.vendo.test.PlatformFault;
import run.vendo.test.PlatformUser;
import run.vendo.test.VendoPlatform;
import run.vendo.test.autoconfigure.AutoConfigureVendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PlatformSnippetTests {

	@Test
	void start() {
		// tag::platform[]
		try (VendoPlatform platform = VendoPlatform.start(); VendoClient vendo = platform.clientBuilder().build()) {
			platform.connect("slack");
			platform.failNext(503, 2); // the client asks again

			assertThat(vendo.token("slack")).isEqualTo(platform.token("slack"));
			assertThat(platform.requestCount("/slack")).isEqualTo(3);
		}
		// end::platform[]
	}

	@Test
	void faults() {
		try (VendoPlatform platform = VendoPlatform.start(); VendoClient vendo = platform.clientBuilder().build()) {
			// tag::platform-faults[]
			platform.failNext(PlatformFault.status(429).retryAfter(Duration.ofHours(1)).onPath("/api/billing/*"));

			assertThatExceptionOfType(RateLimitedException.class).isThrownBy(() -> vendo.billing().balance())
				.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofHours(1)));
			// end::platform-faults[]
		}
	}

	@Test
	void users() {
		try (VendoPlatform platform = VendoPlatform.start(); VendoClient vendo = platform.clientBuilder().build()) {
			// tag::platform-user[]
			PlatformUser alice = platform.user("alice");
			alice.connect("gmail");

			assertThat(vendo.forUser(alice.jwt()).token("gmail")).isEqualTo(alice.token("gmail"));
			// end::platform-user[]
		}
	}

}

@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class PlatformApplication {

}

// tag::platform-spring[]
@SpringBootTest(classes = PlatformApplication.class)
@AutoConfigureVendoPlatform
class ReauthTests {

	@Autowired
	private VendoPlatform platform;

	@Autowired
	private VendoClient vendo;

	@Test
	void tellsThatConsentHasToBeGivenAgain() {
		this.platform.connect("slack");
		this.platform.needsReauth("slack");

		assertThatExceptionOfType(NeedsReauthException.class).isThrownBy(() -> this.vendo.token("slack"));
	}

}
// end::platform-spring[]
