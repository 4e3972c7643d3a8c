package run.vendo.sample;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A line to a server on this machine that can be cut, as a network can.
 */
final class Line implements AutoCloseable {

	private final ServerSocket listener;

	private final int server;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private volatile boolean cut;

	Line(int server) {
		this.server = server;
		try {
			this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start("accept", this::accept);
	}

	int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Close every connection, and every new one at once.
	 */
	void cut() {
		this.cut = true;
		this.sockets.forEach(Line::close);
		this.sockets.clear();
	}

	void mend() {
		this.cut = false;
	}

	private void accept() {
		while (!this.listener.isClosed()) {
			try {
				Socket client = this.listener.accept();
				if (this.cut) {
					close(client);
					continue;
				}
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.server);
				this.sockets.add(client);
				this.sockets.add(server);
				start("up", () -> copy(client, server));
				start("down", () -> copy(server, client));
				if (this.cut) {
					close(client);
					close(server);
				}
			}
			catch (IOException ex) {
				// The line is closed, or the server is.
			}
		}
	}

	private static void copy(Socket from, Socket to) {
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[8192];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				out.write(buffer, 0, length);
				out.flush();
			}
		}
		catch (IOException ex) {
			// Cut.
		}
		finally {
			close(from);
			close(to);
		}
	}

	private static void start(String name, Runnable work) {
		Thread thread = new Thread(work, "line-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// As good as closed.
		}
	}

	@Override
	public void close() {
		try {
			this.listener.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		cut();
	}

}
