package run.vendo.http;

/**
 * The connectors that a client may have: what holds over one must hold over the other.
 */
enum Connector {

	REACTOR_NETTY(ReactorNettyConnector::new),

	JDK(JdkConnector::new);

	private final VendoConnectorFactory factory;

	Connector(VendoConnectorFactory factory) {
		this.factory = factory;
	}

	VendoConnectorFactory factory() {
		return this.factory;
	}

}
