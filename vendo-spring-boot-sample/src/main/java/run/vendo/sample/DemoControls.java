package run.vendo.sample;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.http.HttpServletRequest;

import run.vendo.test.PlatformFault;
import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * The buttons of the demo. Each says in a few words what it has done.
 */
@Controller
@Conditional(DemoConfiguration.OnDemo.class)
class DemoControls {

	private static final String ANSWER = "parts/answer";

	private static final int UNAVAILABLE = 503;

	private final VendoPlatform platform;

	private final DemoWebhooks webhooks;

	private final ApplicationEventPublisher publisher;

	private final Duration outage;

	private final Duration interruption;

	DemoControls(VendoPlatform platform, DemoWebhooks webhooks, ApplicationEventPublisher publisher,
			@Value("${sample.demo-outage:10s}") Duration outage,
			@Value("${sample.demo-interruption:2s}") Duration interruption) {
		this.platform = platform;
		this.webhooks = webhooks;
		this.publisher = publisher;
		this.outage = outage;
		this.interruption = interruption;
	}

	@PostMapping("/demo/connections")
	String connection(@RequestParam String slug, @RequestParam DemoAct act, HttpServletRequest request, Model model) {
		Optional<DemoUser> user = DemoProxy.user(request);
		try {
			user.ifPresentOrElse((who) -> act.on(this.platform.user(who.id()), slug),
					() -> act.on(this.platform, slug));
			return answer(act.outcome(slug), model);
		}
		catch (IllegalStateException ex) {
			return answer("%s is not connected: connect it first".formatted(slug), model);
		}
	}

	@PostMapping("/demo/spend")
	String spend(@RequestParam long micros, Model model) {
		this.platform.spend("openai", micros);
		return answer("Spent", model);
	}

	@PostMapping("/demo/balance")
	String balance(@RequestParam long micros, Model model) {
		this.platform.balance(micros);
		return answer("The balance is set", model);
	}

	/**
	 * Drop the stream of events, and let nobody open one for a while.
	 */
	@PostMapping("/demo/interruption")
	String interrupt(Model model) {
		this.platform.rejectStreams(UNAVAILABLE);
		this.platform.dropStreams();
		after(this.interruption, this.platform::acceptStreams);
		return answer("The event stream is down for %d s".formatted(this.interruption.toSeconds()), model);
	}

	/**
	 * Let the platform answer every request with an error for a while.
	 */
	@PostMapping("/demo/outage")
	String outage(Model model) {
		this.platform.failNext(PlatformFault.status(UNAVAILABLE).always());
		refresh();
		after(this.outage, () -> {
			this.platform.clearFaults();
			refresh();
		});
		return answer("The platform answers 503 for %d s".formatted(this.outage.toSeconds()), model);
	}

	@PostMapping("/demo/webhooks/{kind}")
	String webhook(@PathVariable String kind, Model model) {
		DemoWebhooks.Kind wanted = kind(kind);
		return answer("%s: answered with %d".formatted(wanted.words(), this.webhooks.send(wanted)), model);
	}

	/**
	 * Act as somebody from now on.
	 * @param name who, or anything else for nobody
	 */
	@PostMapping("/demo/user")
	ResponseEntity<Void> user(@RequestParam String name) {
		ResponseCookie cookie = ResponseCookie.from(DemoProxy.COOKIE, DemoUser.of(name).map(DemoUser::id).orElse(""))
			.path("/")
			.httpOnly(true)
			.sameSite("Strict")
			.build();
		return ResponseEntity.status(HttpStatus.SEE_OTHER)
			.location(ServletUriComponentsBuilder.fromCurrentContextPath().path("/").build().toUri())
			.header(HttpHeaders.SET_COOKIE, cookie.toString())
			.build();
	}

	private void refresh() {
		this.publisher.publishEvent(new PartChanged(Part.CONNECTIONS));
		this.publisher.publishEvent(new PartChanged(Part.BALANCE));
	}

	private static void after(Duration delay, Runnable work) {
		CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS).execute(work);
	}

	private static String answer(String words, Model model) {
		model.addAttribute("answer", words);
		return ANSWER;
	}

	private static DemoWebhooks.Kind kind(String kind) {
		try {
			return DemoWebhooks.Kind.valueOf(kind.toUpperCase(Locale.ROOT));
		}
		catch (IllegalArgumentException ex) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND);
		}
	}

}
