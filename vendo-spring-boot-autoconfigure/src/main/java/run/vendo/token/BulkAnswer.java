package run.vendo.token;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Several tokens as the credentials worker answers them.
 *
 * @param tokens a token by slug, {@code null} where there is no credential
 */
record BulkAnswer(@JsonProperty(value = "tokens", required = true) Map<String, @Nullable TokenAnswer> tokens) {

	BulkAnswer {
		Assert.notNull(tokens, "'tokens' must not be null");
	}

	@Override
	public String toString() {
		return "BulkAnswer[" + this.tokens.size() + " tokens]";
	}

}
