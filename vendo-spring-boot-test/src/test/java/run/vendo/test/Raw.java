package run.vendo.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * Asks a platform without any of our own client's help.
 */
final class Raw {

	static final HttpClient CLIENT = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.followRedirects(HttpClient.Redirect.NEVER)
		.build();

	private Raw() {
	}

	static HttpResponse<String> get(Object uri, String... headers) {
		return send("GET", uri, "", headers);
	}

	static HttpResponse<String> post(Object uri, String body, String... headers) {
		return send("POST", uri, body, headers);
	}

	static HttpResponse<String> send(String method, Object uri, String body, String... headers) {
		try {
			return CLIENT.send(request(method, uri, body, headers), HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static HttpRequest request(String method, Object uri, String body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri.toString()))
			.method(method, HttpRequest.BodyPublishers.ofString(body));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return request.build();
	}

	static JsonNode json(HttpResponse<String> response) {
		return Json.MAPPER.readTree(response.body());
	}

	static String[] bearer(String key, String... more) {
		List<String> headers = new ArrayList<>(List.of("Authorization", "Bearer " + key));
		headers.addAll(List.of(more));
		return headers.toArray(String[]::new);
	}

	static Stream stream(VendoPlatform platform, String... headers) {
		try {
			HttpResponse<InputStream> response = CLIENT.send(request("GET",
					platform.baseUrl() + "/api/deployments/me/events", "", bearer(platform.apiKey(), headers)),
					HttpResponse.BodyHandlers.ofInputStream());
			return new Stream(response);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * An open event stream, read block by block.
	 */
	static final class Stream implements AutoCloseable {

		private final HttpResponse<InputStream> response;

		private final BufferedReader reader;

		Stream(HttpResponse<InputStream> response) {
			this.response = response;
			this.reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
		}

		int status() {
			return this.response.statusCode();
		}

		HttpResponse<InputStream> response() {
			return this.response;
		}

		/**
		 * Return the lines up to the next empty one; none at the end.
		 */
		List<String> block() throws IOException {
			List<String> lines = new ArrayList<>();
			String line = this.reader.readLine();
			while (line != null && !line.isEmpty()) {
				lines.add(line);
				line = this.reader.readLine();
			}
			return lines;
		}

		/**
		 * Return the next block that is no heartbeat.
		 */
		Block next() throws IOException {
			List<String> lines = block();
			while (lines.equals(List.of(": ping"))) {
				lines = block();
			}
			return new Block(lines.get(0).substring("id: ".length()), lines.get(1).substring("event: ".length()),
					Json.MAPPER.readTree(lines.get(2).substring("data: ".length())));
		}

		int read() throws IOException {
			return this.reader.read();
		}

		@Override
		public void close() {
			try {
				this.reader.close();
			}
			catch (IOException ex) {
				// It is closed.
			}
		}

	}

	record Block(String id, String event, JsonNode data) {

	}

}
