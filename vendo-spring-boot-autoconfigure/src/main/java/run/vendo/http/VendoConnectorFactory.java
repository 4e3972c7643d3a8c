package run.vendo.http;

import org.springframework.util.ClassUtils;

/**
 * Makes connectors. The one of {@link #detect()} is used unless another is given.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface VendoConnectorFactory {

	/**
	 * Make a connector with connections of its own.
	 * @param settings what to make it from
	 * @return a new connector, which the caller closes
	 */
	VendoConnector create(ConnectorSettings settings);

	/**
	 * Return a factory over Reactor Netty where it is on the class path, else over the
	 * HTTP client of the JDK.
	 * @return the factory
	 */
	static VendoConnectorFactory detect() {
		boolean reactorNetty = ClassUtils.isPresent("reactor.netty.http.client.HttpClient",
				VendoConnectorFactory.class.getClassLoader());
		return reactorNetty ? ReactorNettyConnector::new : JdkConnector::new;
	}

}
