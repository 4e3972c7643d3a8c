package run.vendo.http;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How connections are kept. Applies to Reactor Netty; the connector of the JDK keeps its
 * own.
 *
 * @param maxConnections how many connections one host may have
 * @param maxPending how many calls may wait for a connection before further ones fail at
 * once
 * @param acquireTimeout how long a call waits for a connection
 * @param maxIdleTime how long an unused connection is kept
 * @param maxLifeTime how long any connection is kept, so that changes of DNS are seen
 * @param evictionInterval how often unused connections are looked for
 * @since 0.1.0
 */
public record ConnectionPool(int maxConnections, int maxPending, Duration acquireTimeout, Duration maxIdleTime,
		Duration maxLifeTime, Duration evictionInterval) {

	private static final ConnectionPool DEFAULTS = new ConnectionPool(100, 10_000, Duration.ofSeconds(10),
			Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(30));

	public ConnectionPool {
		Assert.isTrue(maxConnections >= 1, "'maxConnections' must be at least 1");
		Assert.isTrue(maxPending >= 1, "'maxPending' must be at least 1");
		requirePositive(acquireTimeout, "acquireTimeout");
		requirePositive(maxIdleTime, "maxIdleTime");
		requirePositive(maxLifeTime, "maxLifeTime");
		requirePositive(evictionInterval, "evictionInterval");
	}

	/**
	 * Return 100 connections a host, 10,000 waiting calls that wait for 10 s, 30 s idle
	 * time, 5 min life time, eviction every 30 s.
	 * @return the default pool
	 */
	public static ConnectionPool defaults() {
		return DEFAULTS;
	}

	/**
	 * Return this pool with another number of connections.
	 * @param maxConnections how many connections one host may have
	 * @return a new pool
	 */
	public ConnectionPool withMaxConnections(int maxConnections) {
		return new ConnectionPool(maxConnections, this.maxPending, this.acquireTimeout, this.maxIdleTime,
				this.maxLifeTime, this.evictionInterval);
	}

	/**
	 * Return this pool with another bound for waiting calls.
	 * @param maxPending how many calls may wait for a connection
	 * @param acquireTimeout how long each of them waits
	 * @return a new pool
	 */
	public ConnectionPool withPending(int maxPending, Duration acquireTimeout) {
		return new ConnectionPool(this.maxConnections, maxPending, acquireTimeout, this.maxIdleTime, this.maxLifeTime,
				this.evictionInterval);
	}

	private static void requirePositive(Duration duration, String name) {
		Assert.isTrue(!duration.isNegative() && !duration.isZero(), () -> "'" + name + "' must be positive");
	}

}
