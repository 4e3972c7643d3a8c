package run.vendo.test;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriUtils;

/**
 * The connect portal: one page that asks whether a provider may be used.
 */
final class Portal {

	private static final String PAGE = """
			<!DOCTYPE html>
			<html lang="en">
			<head>
			<meta charset="utf-8">
			<meta name="viewport" content="width=device-width, initial-scale=1">
			<title>%1$s</title>
			<style>
			body { font: 1.125rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0; }
			main { max-width: 34rem; margin: 0 auto; padding: 2rem 1rem; }
			button { font: inherit; padding: .5rem 1.25rem; margin: 0 .75rem .75rem 0; border: 2px solid #1a4fa3;
			border-radius: .25rem; background: #fff; color: #1a4fa3; cursor: pointer; }
			button.primary { background: #1a4fa3; color: #fff; }
			button:focus-visible { outline: 3px solid #b45309; outline-offset: 2px; }
			</style>
			</head>
			<body>
			<main>
			<h1>%1$s</h1>
			%2$s
			</main>
			</body>
			</html>
			""";

	private static final String QUESTION = """
			<p>The application asks to use your %s account. This is the simulator: no account is touched.</p>
			<form method="post">
			<button class="primary" type="submit" name="decision" value="approve">Approve</button>
			<button type="submit" name="decision" value="deny">Deny</button>
			</form>""";

	private static final Pattern OWN_NAMES = Pattern
		.compile("(([a-z0-9._-]+\\.)?localhost\\.?|[a-z0-9._-]+\\.internal|127(\\.\\d{1,3}){3}|\\[::1]"
				+ "|\\[0:0:0:0:0:0:0:1])(:\\d*)?");

	private final PlatformState state;

	Portal(PlatformState state) {
		this.state = state;
	}

	Reply handle(Call call, String slug) {
		try {
			requireOwnPage(call);
			this.state.keys.requireAppKey(call.query("app_key"));
			if (!this.state.catalog.has(slug)) {
				throw new Refusal(404, "provider_unknown", "There is no provider named '" + slug + "'");
			}
			String name = String.valueOf(this.state.catalog.get(slug).get("name"));
			URI returnTo = returnTo(call.query("return_to"));
			return switch (call.method()) {
				case "GET" -> page(200, "Connect " + name, QUESTION.formatted(HtmlUtils.htmlEscape(name)));
				case "POST" -> decide(call, slug, name, returnTo);
				default -> throw new Refusal(405, null, "This page cannot be used that way");
			};
		}
		catch (Refusal refusal) {
			Reply page = page(refusal.status(), "This did not work", paragraph(refusal.message()));
			return (refusal.code() != null) ? page.with(Reply.ERROR_CODE_HEADER, refusal.code()) : page;
		}
	}

	/**
	 * Refuse what a page of another site has a browser ask: by a name of its own that
	 * leads here, or in its own name. Names under {@code internal} are nobody's out
	 * there; browsers in containers reach this machine by one.
	 */
	private static void requireOwnPage(Call call) {
		String host = call.headers().getFirst(HttpHeaders.HOST);
		if (host == null || !OWN_NAMES.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
			throw new Refusal(421, null, "The simulator answers to localhost and 127.0.0.1, not to the name in the "
					+ "address of this page. Open it by one of those");
		}
		if (!call.isGet() && isFromAnotherSite(call.headers(), host)) {
			throw new Refusal(403, null,
					"A page of another site has asked for this. Decide on the simulator's own page");
		}
	}

	private static boolean isFromAnotherSite(HttpHeaders headers, String host) {
		String site = headers.getFirst("Sec-Fetch-Site");
		if (site != null) {
			return !site.equals("same-origin") && !site.equals("none");
		}
		// The page has no referrer, so browsers do not say its origin either.
		String origin = headers.getOrigin();
		return origin != null && !origin.equals("null") && !origin.equalsIgnoreCase("http://" + host);
	}

	private Reply decide(Call call, String slug, String name, @Nullable URI returnTo) {
		MultiValueMap<String, String> form = Call.parameters(new String(call.body(), StandardCharsets.UTF_8));
		String decision = String.valueOf(form.getFirst("decision"));
		switch (decision) {
			case "approve" -> this.state.connections.connect(Identity.APP, slug, new PlatformConnection());
			case "deny" -> {
			}
			default -> throw Refusal.invalid("Please approve or deny");
		}
		boolean approved = decision.equals("approve");
		if (returnTo != null) {
			return secured(Reply.empty(303)).with(HttpHeaders.LOCATION,
					back(returnTo, call.query("state"), (approved) ? null : "access_denied"));
		}
		return page(200, name + (approved ? " is connected" : " was not connected"),
				paragraph("You can close this window."));
	}

	private static @Nullable URI returnTo(@Nullable String returnTo) {
		if (returnTo == null || returnTo.isBlank()) {
			return null;
		}
		try {
			URI uri = new URI(returnTo);
			if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
				return uri;
			}
		}
		catch (URISyntaxException ex) {
			// Said below.
		}
		throw Refusal.invalid("'return_to' must be an http or https URL");
	}

	private static String back(URI returnTo, @Nullable String state, @Nullable String error) {
		String target = returnTo.toString();
		int hash = target.indexOf('#');
		String fragment = (hash >= 0) ? target.substring(hash) : "";
		StringBuilder back = new StringBuilder((hash >= 0) ? target.substring(0, hash) : target);
		append(back, "state", state);
		append(back, "error", error);
		return back + fragment;
	}

	private static void append(StringBuilder url, String name, @Nullable String value) {
		if (value != null) {
			url.append((url.indexOf("?") >= 0) ? '&' : '?')
				.append(name)
				.append('=')
				.append(UriUtils.encode(value, StandardCharsets.UTF_8));
		}
	}

	private static String paragraph(String text) {
		return "<p>" + HtmlUtils.htmlEscape(text) + "</p>";
	}

	private static Reply page(int status, String title, String content) {
		return secured(Reply.html(status, PAGE.formatted(HtmlUtils.htmlEscape(title), content)));
	}

	// The address of the page holds the key.
	private static Reply secured(Reply reply) {
		Reply secured = reply;
		for (Map.Entry<String, String> header : Map
			.of(HttpHeaders.CACHE_CONTROL, "no-store", "Referrer-Policy", "no-referrer", "X-Content-Type-Options",
					"nosniff", "Content-Security-Policy",
					"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
			.entrySet()) {
			secured = secured.with(header.getKey(), header.getValue());
		}
		return secured;
	}

}
