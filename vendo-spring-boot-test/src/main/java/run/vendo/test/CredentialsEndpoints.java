package run.vendo.test;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The credentials worker.
 */
final class CredentialsEndpoints {

	private final PlatformState state;

	CredentialsEndpoints(PlatformState state) {
		this.state = state;
	}

	Outcome handle(Call call) {
		if (call.is("GET", "/healthz")) {
			return Reply.json(Map.of("status", "ok"));
		}
		if (!call.isGet() || call.segments().size() != 1) {
			throw Refusal.notFound();
		}
		this.state.keys.require(call, KeyRing.APP);
		Identity identity = Identity.of(call);
		String slug = call.segments().get(0);
		if (slug.isBlank()) {
			throw Refusal.invalid("There is no slug in the path");
		}
		return slug.equals("_bulk") ? bulk(call, identity)
				: Reply.json(this.state.connections.token(identity, slug).json());
	}

	private Reply bulk(Call call, Identity identity) {
		String[] slugs = StringUtils.tokenizeToStringArray(call.query("slugs"), ",");
		if (slugs.length == 0) {
			throw Refusal.invalid("'slugs' must name at least one provider");
		}
		Map<String, @Nullable Object> tokens = new LinkedHashMap<>();
		for (String slug : slugs) {
			tokens.put(slug, tokenOrNull(identity, slug));
		}
		return Reply.json(Map.of("tokens", tokens));
	}

	private @Nullable Object tokenOrNull(Identity identity, String slug) {
		try {
			Map<String, @Nullable Object> token = this.state.connections.token(identity, slug).json();
			token.remove("token_type");
			return token;
		}
		catch (Refusal refusal) {
			return null;
		}
	}

}
