package run.vendo.http;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a connector is made from.
 *
 * @param name the name of its connection pool, as it shows in metrics
 * @param connectTimeout how long a connection may take to open
 * @param pool how connections are kept, or {@code null} for one connection a request
 * @since 0.1.0
 */
public record ConnectorSettings(String name, Duration connectTimeout, @Nullable ConnectionPool pool) {

}
