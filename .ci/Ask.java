import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Prints what a URL answers with, and fails unless that is a success.
 */
final class Ask {

	public static void main(String[] args) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create(args[0])).timeout(Duration.ofSeconds(30)).build();
		var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
		System.out.println(response.body());
		System.exit((response.statusCode() == 200) ? 0 : 1);
	}

}
