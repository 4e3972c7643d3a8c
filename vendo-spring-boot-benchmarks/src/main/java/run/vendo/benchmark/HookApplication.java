package run.vendo.benchmark;

import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

import run.vendo.autoconfigure.web.webhook.VendoWebhookMapping;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An MVC application that takes webhooks twice: verified, and by the same handler without
 * the annotation.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
class HookApplication {

	static final String SECRET = "whsec_example_0123456789";

	static final String VERIFIED = "/verified";

	static final String PLAIN = "/plain";

	private final LongAdder calls = new LongAdder();

	static ServletWebServerApplicationContext start(Class<?>... more) {
		return (ServletWebServerApplicationContext) new SpringApplicationBuilder(HookApplication.class).sources(more)
			.logStartupInfo(false)
			.run("--server.port=0", "--server.address=127.0.0.1", "--server.tomcat.max-keep-alive-requests=-1",
					"--spring.main.banner-mode=off", "--logging.level.root=warn", "--vendo.webhook.secret=" + SECRET);
	}

	static int port(ServletWebServerApplicationContext context) {
		return Objects.requireNonNull(context.getWebServer()).getPort();
	}

	long calls() {
		return this.calls.sum();
	}

	@VendoWebhookMapping(VERIFIED)
	String verified(@RequestBody byte[] body) {
		return answer(body);
	}

	@PostMapping(PLAIN)
	String plain(@RequestBody byte[] body) {
		return answer(body);
	}

	private String answer(byte[] body) {
		this.calls.increment();
		return Integer.toString(body.length);
	}

}
