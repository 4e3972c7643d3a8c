package run.vendo.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A server that answers with exactly the bytes a test wants, or with none: what no
 * well-behaved server can be made to do.
 */
final class RawServer implements AutoCloseable {

	private final ServerSocket serverSocket;

	private final Script script;

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	private volatile String greeting = "";

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final CountDownLatch closed = new CountDownLatch(1);

	private RawServer(ServerSocket serverSocket, Script script) {
		this.serverSocket = serverSocket;
		this.script = script;
		start("raw-server", this::accept);
	}

	/**
	 * Start a server that treats every request alike; a connection is closed when the
	 * script returns, unless it says otherwise.
	 */
	static RawServer start(Script script) {
		try {
			return start(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), script);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static RawServer start(ServerSocket serverSocket, Script script) {
		return new RawServer(serverSocket, script);
	}

	/**
	 * Start a server that sends the same text to everybody and then closes properly.
	 */
	static RawServer sending(String answer) {
		return start((exchange) -> exchange.send(answer));
	}

	/**
	 * Start a server that speaks first, and then waits for the client to go.
	 */
	static RawServer greeting(String greeting) {
		try {
			RawServer server = new RawServer(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")),
					Exchange::awaitClientGone);
			server.greeting = greeting;
			return server;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String url() {
		return "http://127.0.0.1:" + port();
	}

	int port() {
		return this.serverSocket.getLocalPort();
	}

	/**
	 * Return the heads of the requests so far, from request line to last header.
	 */
	List<String> requests() {
		return this.requests;
	}

	int connections() {
		return this.connections.get();
	}

	/**
	 * Return how many connections neither side has closed.
	 */
	int openConnections() {
		return this.open.size();
	}

	private void accept() {
		while (true) {
			try {
				Socket socket = this.serverSocket.accept();
				this.connections.incrementAndGet();
				this.open.add(socket);
				start("raw-server-connection", () -> serve(socket));
			}
			catch (IOException ex) {
				// Closed.
				return;
			}
		}
	}

	private void serve(Socket socket) {
		try (socket) {
			InputStream in = new BufferedInputStream(socket.getInputStream());
			Exchange exchange = new Exchange(socket, in);
			exchange.send(this.greeting);
			do {
				exchange.keep = false;
				String head = readHead(in);
				if (head == null) {
					return;
				}
				this.requests.add(head);
				exchange.number = this.requests.size();
				exchange.head = head;
				this.script.serve(exchange);
			}
			while (exchange.keep);
		}
		catch (IOException | InterruptedException ex) {
			// The client went away, or the test is over.
		}
		finally {
			this.open.remove(socket);
		}
	}

	private static String readHead(InputStream in) throws IOException {
		StringBuilder head = new StringBuilder();
		while (head.indexOf("\r\n\r\n") < 0) {
			int read = in.read();
			if (read < 0) {
				return null;
			}
			head.append((char) read);
		}
		int length = head.toString()
			.lines()
			.map((line) -> line.toLowerCase(Locale.ROOT))
			.filter((line) -> line.startsWith("content-length:"))
			.mapToInt((line) -> Integer.parseInt(line.substring("content-length:".length()).strip()))
			.findFirst()
			.orElse(0);
		in.readNBytes(length);
		return head.toString();
	}

	private static void start(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		this.closed.countDown();
		try {
			this.serverSocket.close();
			for (Socket socket : this.open) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What happens to a request.
	 */
	@FunctionalInterface
	interface Script {

		void serve(Exchange exchange) throws IOException, InterruptedException;

	}

	/**
	 * One request, and the connection it came on.
	 */
	final class Exchange {

		private final Socket socket;

		private final InputStream in;

		private boolean keep;

		private int number;

		private String head = "";

		private Exchange(Socket socket, InputStream in) {
			this.socket = socket;
			this.in = in;
		}

		/**
		 * Return this request from its request line to its last header.
		 */
		String head() {
			return this.head;
		}

		/**
		 * Return the value of a header of this request, empty when it has none.
		 */
		String header(String name) {
			String start = name.toLowerCase(Locale.ROOT) + ":";
			return this.head.lines()
				.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith(start))
				.map((line) -> line.substring(start.length()).strip())
				.findFirst()
				.orElse("");
		}

		/**
		 * Return the number of this request at this server, from 1.
		 */
		int number() {
			return this.number;
		}

		Exchange send(String text) throws IOException {
			return send(text.getBytes(StandardCharsets.ISO_8859_1));
		}

		Exchange send(byte[] bytes) throws IOException {
			OutputStream out = this.socket.getOutputStream();
			out.write(bytes);
			out.flush();
			return this;
		}

		Exchange sendJson(String json) throws IOException {
			int length = json.getBytes(StandardCharsets.UTF_8).length;
			// A client that is not told may send its next request on what is being
			// closed.
			send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + (this.keep ? "" : "Connection: close\r\n")
					+ "Content-Length: " + length + "\r\n\r\n");
			return send(json.getBytes(StandardCharsets.UTF_8));
		}

		/**
		 * Wait for the next request on this connection instead of closing it; said before
		 * the answer is sent.
		 */
		Exchange keepAlive() {
			this.keep = true;
			return this;
		}

		/**
		 * Break the connection with a reset.
		 */
		void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

		/**
		 * Say nothing more until the client gives up.
		 */
		void awaitClientGone() {
			try {
				while (this.in.read() >= 0) {
					// Whatever it still says.
				}
			}
			catch (IOException ex) {
				// A reset is as good.
			}
		}

		/**
		 * Say nothing for a moment.
		 */
		void pause() throws InterruptedException {
			RawServer.this.closed.await(100, TimeUnit.MILLISECONDS);
		}

		/**
		 * Say nothing more until the server is closed.
		 */
		void hang() throws InterruptedException {
			RawServer.this.closed.await();
		}

	}

}
