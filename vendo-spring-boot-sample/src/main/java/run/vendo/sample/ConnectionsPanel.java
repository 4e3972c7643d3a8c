package run.vendo.sample;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import run.vendo.VendoClient;
import run.vendo.connection.Connection;
import run.vendo.error.VendoException;
import run.vendo.sso.VendoIdentity;

import org.springframework.stereotype.Component;

/**
 * The connections as the page shows them.
 */
@Component
class ConnectionsPanel {

	private final Viewer viewer;

	private final Tokens tokens;

	ConnectionsPanel(Viewer viewer, Tokens tokens) {
		this.viewer = viewer;
		this.tokens = tokens;
	}

	View view(Optional<VendoIdentity> user) {
		try {
			VendoClient vendo = this.viewer.client(user);
			List<Connection> connections = vendo.connections().list();
			List<String> connected = connections.stream()
				.filter(Connection::isConnected)
				.map(Connection::slug)
				.toList();
			Map<String, Tokens.Shown> tokens = this.tokens.of(vendo, user, connected);
			return View.of(connections.stream()
				.map((connection) -> Card.of(connection, tokens.get(connection.slug()), variable(vendo, connection)))
				.toList());
		}
		catch (VendoException ex) {
			// A page that is still there and says why beats an error page.
			return new View(List.of(), List.of(), ex.getMessage());
		}
	}

	private static @Nullable String variable(VendoClient vendo, Connection connection) {
		return vendo.integrations().envVars(connection.slug()).stream().findFirst().orElse(null);
	}

	void invalidate(Optional<VendoIdentity> user, String slug) {
		this.tokens.invalidate(this.viewer.client(user), user, slug);
	}

	/**
	 * The connections.
	 *
	 * @param cards what is or was connected
	 * @param available what could be connected
	 * @param failure why there is nothing to show, or {@code null}
	 */
	record View(List<Card> cards, List<Card> available, @Nullable String failure) {

		static View of(List<Card> all) {
			return new View(all.stream().filter((card) -> !card.available()).toList(),
					all.stream().filter(Card::available).toList(), null);
		}

	}

}
