package run.vendo.token;

import java.util.Map;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks into a cache for what no caller can see.
 */
final class TokenCaches {

	private TokenCaches() {
	}

	/**
	 * Return how many fetches are under way, renewals included.
	 */
	static int underWay(TokenCache cache) {
		return flights(cache).size();
	}

	static Map<?, ?> flights(TokenCache cache) {
		Map<?, ?> flights = (Map<?, ?>) ReflectionTestUtils.getField(cache, "flights");
		assertThat(flights).isNotNull();
		return flights;
	}

}
