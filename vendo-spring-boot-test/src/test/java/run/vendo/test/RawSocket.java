package run.vendo.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Sends and receives bytes, for what no HTTP client sends or survives.
 */
final class RawSocket implements AutoCloseable {

	private final Socket socket;

	RawSocket(URI uri, String request) throws IOException {
		this.socket = new Socket(uri.getHost(), uri.getPort());
		this.socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
	}

	static String exchange(URI uri, String request) {
		try (RawSocket socket = new RawSocket(uri, request)) {
			return socket.readAll();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String readAll() throws IOException {
		return new String(this.socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	/**
	 * Read until something has come.
	 */
	String readUntil(String end) throws IOException {
		StringBuilder text = new StringBuilder();
		InputStream input = this.socket.getInputStream();
		while (text.indexOf(end) < 0) {
			int next = input.read();
			if (next < 0) {
				throw new IOException("The end came first, after: " + text);
			}
			text.append((char) next);
		}
		return text.toString();
	}

	int read() throws IOException {
		return this.socket.getInputStream().read();
	}

	/**
	 * Return whether there is nothing to read at present.
	 */
	boolean isSilent() throws IOException {
		return this.socket.getInputStream().available() == 0;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
