package run.vendo.event;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A server on a real socket that sends the bytes a test wants. It answers what is asked
 * of the connections by itself and leaves the streams to the test.
 */
final class RawEventServer implements AutoCloseable {

	private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

	private final ServerSocket serverSocket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));

	private final BlockingQueue<Connection> streams = new LinkedBlockingQueue<>();

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	final List<String> heads = new CopyOnWriteArrayList<>();

	volatile String connections = "{\"connections\":[]}";

	RawEventServer() throws IOException {
		start(this::accept);
	}

	String url() {
		return "http://127.0.0.1:" + this.serverSocket.getLocalPort();
	}

	/** Wait for the next stream that is asked for. */
	Connection stream() throws InterruptedException {
		Connection connection = this.streams.poll(20, TimeUnit.SECONDS);
		if (connection == null) {
			throw new AssertionError("Nobody asked for a stream");
		}
		return connection;
	}

	private void accept() {
		while (!this.serverSocket.isClosed()) {
			try {
				Socket socket = this.serverSocket.accept();
				this.open.add(socket);
				start(() -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket socket) {
		try {
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
			StringBuilder head = new StringBuilder();
			for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
				head.append(line).append('\n');
			}
			if (head.isEmpty()) {
				socket.close();
				return;
			}
			this.heads.add(head.toString());
			if (head.toString().startsWith("GET /api/deployments/me/events ")) {
				this.streams.add(new Connection(socket, head.toString()));
				return;
			}
			socket.getOutputStream()
				.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
						+ this.connections.length() + "\r\n\r\n" + this.connections)
					.getBytes(StandardCharsets.ISO_8859_1));
			socket.close();
		}
		catch (IOException ex) {
			// The client went away, or the test is over.
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "raw-event-server");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.serverSocket.close();
		for (Socket socket : this.open) {
			socket.close();
		}
	}

	/**
	 * One stream.
	 *
	 * @param head what was asked for it
	 */
	record Connection(Socket socket, String head) {

		Connection begin() throws IOException {
			return begin("");
		}

		/** Begin the answer and send a text with it, at one go. */
		Connection begin(String text) throws IOException {
			return send(HEAD + text);
		}

		Connection send(String text) throws IOException {
			return send(text.getBytes(StandardCharsets.UTF_8));
		}

		Connection send(byte[] bytes) throws IOException {
			OutputStream output = this.socket.getOutputStream();
			output.write(bytes);
			output.flush();
			return this;
		}

		void close() throws IOException {
			this.socket.close();
		}

		/** Reset the connection instead of ending it. */
		void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

		/** Wait until the client closes its side. */
		boolean isClosedByClient() throws IOException {
			this.socket.setSoTimeout(20_000);
			try {
				return this.socket.getInputStream().read() < 0;
			}
			catch (java.net.SocketTimeoutException ex) {
				return false;
			}
			catch (java.net.SocketException ex) {
				return true;
			}
		}

	}

}
