package run.vendo.autoconfigure.web.webhook;

import org.jspecify.annotations.Nullable;

/**
 * Counts deliveries. A bean of its own, because Micrometer need not be there.
 */
@FunctionalInterface
interface WebhookMetrics {

	/**
	 * Count a delivery.
	 * @param outcome what became of it
	 * @param reason why it was rejected, one of a closed set; else {@code none}
	 * @param secretIndex which secret matched, or {@code null} when none did
	 */
	void count(WebhookAnswer.Outcome outcome, String reason, @Nullable Integer secretIndex);

	static WebhookMetrics none() {
		return (outcome, reason, secretIndex) -> {
		};
	}

}
