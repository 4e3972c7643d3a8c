package run.vendo.http;

import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.util.CustomizableThreadCreator;
import org.springframework.util.ReflectionUtils;

/**
 * A connector over the JDK's own HTTP client, for class paths without Reactor Netty.
 */
final class JdkConnector implements VendoConnector {

	private final ExecutorService executor;

	private final HttpClient httpClient;

	private final ClientHttpConnector connector;

	JdkConnector(ConnectorSettings settings) {
		this.executor = newExecutor(settings.name());
		this.httpClient = HttpClient.newBuilder()
			.executor(this.executor)
			.connectTimeout(settings.connectTimeout())
			.followRedirects(HttpClient.Redirect.NEVER)
			.build();
		this.connector = withoutDroppedErrors((settings.pool() != null) ? new JdkClientHttpConnector(this.httpClient)
				: new JdkStreamConnector(this.httpClient));
	}

	// What is still to do after close is done by whoever asks, so that a call under way
	// does not wait for a thread that never comes.
	private static ExecutorService newExecutor(String name) {
		CustomizableThreadCreator threads = new CustomizableThreadCreator(name + "-http-");
		threads.setDaemon(true);
		return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 30, TimeUnit.SECONDS, new SynchronousQueue<>(),
				threads::createThread, (task, executor) -> task.run());
	}

	// The JDK reports every request that is cancelled, which a timeout does, as a failed
	// one.
	private static ClientHttpConnector withoutDroppedErrors(ClientHttpConnector connector) {
		return (method, uri, requestCallback) -> connector.connect(method, uri, requestCallback)
			.contextWrite(DroppedErrors::quiet);
	}

	@Override
	public ClientHttpConnector clientConnector() {
		return this.connector;
	}

	@Override
	public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
		JdkClientHttpRequestFactory factory = new JdkClientHttpRequestFactory(this.httpClient);
		factory.setReadTimeout(timeouts.response());
		return factory;
	}

	// Before JDK 21 the client's own thread ends, and its connections close, only when
	// the client is not reachable any more.
	@Override
	public void close() {
		Method shutdown = ReflectionUtils.findMethod(HttpClient.class, "shutdownNow");
		if (shutdown != null) {
			ReflectionUtils.invokeMethod(shutdown, this.httpClient);
		}
		this.executor.shutdown();
	}

}
