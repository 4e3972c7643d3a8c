package run.vendo.test;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The ports of a platform that is down: nobody listens, whoever connects is refused, and
 * the system gives them to nobody else.
 */
final class KeptPorts {

	private final List<Socket> sockets = new ArrayList<>();

	/**
	 * Keep ports, as far as they are free.
	 */
	static KeptPorts keep(String host, Collection<Integer> ports) {
		KeptPorts kept = new KeptPorts();
		ports.forEach((port) -> kept.keep(new InetSocketAddress(host, port)));
		return kept;
	}

	// Bound, but neither connected nor listening.
	private void keep(InetSocketAddress address) {
		Socket socket = new Socket();
		this.sockets.add(socket);
		try {
			socket.setReuseAddress(true);
			socket.bind(address);
		}
		catch (IOException ex) {
			// Somebody was faster. Who opens the port again waits for it.
			close(socket);
		}
	}

	/**
	 * Let the ports go.
	 */
	void release() {
		this.sockets.forEach(KeptPorts::close);
		this.sockets.clear();
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// It was not used.
		}
	}

}
