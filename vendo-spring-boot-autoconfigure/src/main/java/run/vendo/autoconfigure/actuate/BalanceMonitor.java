package run.vendo.autoconfigure.actuate;

/**
 * Tells how balance and spend caps stand, from what was read last. There is a bean of
 * this type where health or the endpoint is.
 *
 * @since 0.1.0
 */
public interface BalanceMonitor {

	/**
	 * Return how balance and spend caps stand. Never waits and makes no request.
	 * @return what was read last
	 */
	BalanceSnapshot snapshot();

}
