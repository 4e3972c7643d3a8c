package run.vendo.sample;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.server.ResponseStatusException;

/**
 * The buttons of the demo.
 */
@Controller
@Conditional(DemoConfiguration.OnDemo.class)
class DemoControls {

	private final DemoWebhooks webhooks;

	DemoControls(DemoWebhooks webhooks) {
		this.webhooks = webhooks;
	}

	/**
	 * Send a webhook to the sample.
	 * @param kind what to send
	 * @param site where the browser says that the form is: there is no sign-in and so no
	 * CSRF token, and no other site has any business with these buttons
	 */
	@PostMapping("/demo/webhooks/{kind}")
	String send(@PathVariable String kind,
			@RequestHeader(name = "Sec-Fetch-Site", required = false) @Nullable String site) {
		if (site != null && !site.equals("same-origin")) {
			throw new ResponseStatusException(HttpStatus.FORBIDDEN);
		}
		this.webhooks.send(kind(kind));
		return "redirect:/#webhooks";
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
