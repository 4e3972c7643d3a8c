package run.vendo.http;

/**
 * Is told of every attempt of every call, once it is over. Nothing it is told holds a
 * secret. It is called by the thread that the answer came on and must not block; what it
 * throws is logged and changes nothing.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ExchangeListener {

	/**
	 * Take note of an attempt that is over; of a stream, that it has begun or could not
	 * begin.
	 * @param report what happened
	 */
	void onExchange(ExchangeReport report);

	/**
	 * Return a listener that tells two.
	 * @param next who is told after this one
	 * @return the listener
	 */
	default ExchangeListener andThen(ExchangeListener next) {
		return (report) -> {
			try {
				onExchange(report);
			}
			finally {
				next.onExchange(report);
			}
		};
	}

}
