package run.vendo.sample;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.connection.Connection;
import run.vendo.error.VendoException;
import run.vendo.event.ConnectionEvent;
import run.vendo.http.VendoCredential;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.event.EventListener;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * The pictures of providers: a logo where the platform has one, else initials. Browsers
 * get them from here, so they tell nobody else who looks at the page.
 * <p>
 * An address that comes from elsewhere must not make a server ask just anybody, its own
 * network above all. So logos are fetched from the platform alone, without the API key,
 * and what is not a small image is not passed on.
 */
@RestController
class Pictures {

	static final int LARGEST = 64 * 1024;

	static final Duration KEPT = Duration.ofHours(1);

	// Anybody's page can ask for pictures, and each question goes to the platform.
	static final Duration ASKED_AGAIN = Duration.ofSeconds(30);

	private static final int KEPT_AT_MOST = 200;

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	// Where the platform keeps logos, unless it serves them itself.
	private static final String LOGOS = "https://cdn.vendo.run";

	private static final MediaType SVG = MediaType.parseMediaType("image/svg+xml");

	private static final Set<MediaType> TYPES = Set.of(SVG, MediaType.IMAGE_PNG, MediaType.IMAGE_JPEG,
			MediaType.parseMediaType("image/webp"));

	private final VendoClient vendo;

	private final Clock clock;

	private volatile @Nullable Connections connections;

	private final Map<String, Picture> kept = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Picture> eldest) {
			return size() > KEPT_AT_MOST;
		}

	};

	Pictures(VendoClient vendo, ObjectProvider<Clock> clock) {
		this.vendo = vendo;
		this.clock = clock.getIfUnique(Clock::systemUTC);
	}

	@EventListener
	void on(ConnectionEvent event) {
		this.connections = null;
	}

	@GetMapping("/pictures/{slug}")
	ResponseEntity<byte[]> picture(@PathVariable String slug) {
		Picture picture = find(slug);
		return ResponseEntity.ok()
			.contentType(picture.type())
			.cacheControl(
					KEPT.equals(picture.life()) ? CacheControl.maxAge(KEPT).cachePrivate() : CacheControl.noStore())
			// An SVG that is opened by itself is a page, and could have a script.
			.header("Content-Security-Policy", "sandbox")
			.body(picture.content());
	}

	private Picture find(String slug) {
		Instant now = this.clock.instant();
		synchronized (this.kept) {
			Picture known = this.kept.get(slug);
			if (known != null && known.fetched().plus(known.life()).isAfter(now)) {
				return known;
			}
		}
		Picture picture = draw(slug, now);
		synchronized (this.kept) {
			this.kept.remove(slug);
			this.kept.put(slug, picture);
		}
		return picture;
	}

	private Picture draw(String slug, Instant now) {
		Connection connection = connection(slug, now);
		if (connection == null) {
			return new Picture(SVG, Avatar.of(slug, slug, null).svg(), now, ASKED_AGAIN);
		}
		byte[] initials = Avatar.of(slug, connection.displayName(), connection.brandColor()).svg();
		try {
			Picture logo = isOfThePlatform(connection.logoUrl()) ? logo(connection, now) : null;
			return (logo != null) ? logo : new Picture(SVG, initials, now, KEPT);
		}
		catch (VendoException ex) {
			// What cannot be had now can be later.
			return new Picture(SVG, initials, now, ASKED_AGAIN);
		}
	}

	private @Nullable Connection connection(String slug, Instant now) {
		Connections connections = this.connections;
		if (connections == null || !connections.read().plus(ASKED_AGAIN).isAfter(now)) {
			connections = new Connections(read(), now);
			this.connections = connections;
		}
		return connections.list()
			.stream()
			.filter((connection) -> connection.slug().equals(slug))
			.findFirst()
			.orElse(null);
	}

	private List<Connection> read() {
		try {
			return this.vendo.connections().list();
		}
		catch (VendoException ex) {
			// The page itself says so.
			return List.of();
		}
	}

	private @Nullable Picture logo(Connection connection, Instant now) {
		ResponseEntity<byte[]> answer = this.vendo.http()
			.get(String.valueOf(connection.logoUrl()))
			.accept(TYPES.toArray(MediaType[]::new))
			.credential(VendoCredential.none())
			.timeout(PATIENCE)
			.toEntity(byte[].class);
		MediaType type = type(answer.getHeaders());
		byte[] content = answer.getBody();
		boolean image = type != null && TYPES.stream().anyMatch(type::equalsTypeAndSubtype);
		return (image && content != null && content.length <= LARGEST) ? new Picture(type, content, now, KEPT) : null;
	}

	private static @Nullable MediaType type(HttpHeaders headers) {
		try {
			return headers.getContentType();
		}
		catch (InvalidMediaTypeException ex) {
			return null;
		}
	}

	private boolean isOfThePlatform(@Nullable String url) {
		try {
			String origin = origin(new URI(String.valueOf(url)));
			return origin.equals(LOGOS) || origin.equals(origin(this.vendo.deployment().apiUrl()));
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	private static String origin(URI uri) {
		return uri.getScheme() + "://" + uri.getRawAuthority();
	}

	/**
	 * An image.
	 *
	 * @param type its type
	 * @param content its bytes
	 * @param fetched since when it is known
	 * @param life how long it will do
	 */
	private record Picture(MediaType type, byte[] content, Instant fetched, Duration life) {

	}

	/**
	 * Connections as the platform listed them.
	 *
	 * @param list the connections
	 * @param read when they were listed
	 */
	private record Connections(List<Connection> list, Instant read) {

	}

}
