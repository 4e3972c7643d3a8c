package run.vendo.test;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.http.HttpMethod;

/**
 * A call as the platform would have seen it. What a client answers by itself, such as a
 * blank slug or anything in OSS mode, is no call.
 *
 * @param api what it belongs to
 * @param type what was asked, for example {@code token} or {@code billing.balance};
 * {@code connections.get} asks for {@code connections.list}
 * @param slug the provider it was about, or {@code null} when it was about none, or about
 * several
 * @param slugs all providers it was about; empty when it was about none
 * @param user the JWT of the user it was made for, or {@code null} when it was made for
 * the application itself
 * @param method the HTTP method
 * @param uri the whole URL; it holds an API key in a call for a connect URL
 * @param body the JSON that was sent, or {@code null} when there was none
 * @since 0.1.0
 */
public record MockVendoCall(MockVendoApi api, String type, @Nullable String slug, List<String> slugs,
		@Nullable String user, HttpMethod method, URI uri, @Nullable JsonNode body) {

	public MockVendoCall {
		slugs = List.copyOf(slugs);
	}

	static MockVendoCall of(MockVendoApi api, String type, @Nullable String slug, @Nullable String user,
			HttpMethod method, URI uri, @Nullable JsonNode body) {
		return new MockVendoCall(api, type, slug, (slug != null) ? List.of(slug) : List.of(), user, method, uri, body);
	}

	@Override
	public String toString() {
		return this.type + this.slugs + ((this.user != null) ? " for a user" : "");
	}

}
