package run.vendo.test;

import java.time.Instant;
import java.util.Map;

import org.junit.jupiter.api.Test;

import run.vendo.connection.Connection;
import run.vendo.connection.ConnectionProfile;
import run.vendo.connection.ConnectionStatus;
import run.vendo.connection.EnvBootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link FakeConnection}.
 */
class FakeConnectionTests {

	@Test
	void eachStatusHasAConnectionOfItsOwn() {
		assertThat(FakeConnection.connected("slack").build().status()).isEqualTo(ConnectionStatus.CONNECTED);
		assertThat(FakeConnection.available("slack").build().status()).isEqualTo(ConnectionStatus.AVAILABLE);
		assertThat(FakeConnection.pendingSetup("slack").build().status()).isEqualTo(ConnectionStatus.PENDING_SETUP);
		assertThat(FakeConnection.needsReauth("slack").build().status()).isEqualTo(ConnectionStatus.NEEDS_REAUTH);
		assertThat(FakeConnection.error("slack", "broken").build().status()).isEqualTo(ConnectionStatus.ERROR);
		assertThat(FakeConnection.revoked("slack").build().status()).isEqualTo(ConnectionStatus.REVOKED);
		assertThat(FakeConnection.of("slack", new ConnectionStatus("dormant")).build().status().value())
			.isEqualTo("dormant");
	}

	@Test
	void whenOnlyAvailableThenThereIsNoId() {
		assertThat(FakeConnection.available("slack").build().id()).isNull();
		assertThat(FakeConnection.connected("slack").build().id()).isEqualTo("cn_slack");
	}

	@Test
	void statusesBringWhatThePlatformSendsWithThem() {
		assertThat(FakeConnection.error("slack", "broken").build().errorMessage()).isEqualTo("broken");
		assertThat(FakeConnection.pendingSetup("slack").build().setupUrl()).startsWith("https://");
		assertThat(FakeConnection.connected("slack").build().connectedAt()).isNotNull();
		assertThat(FakeConnection.available("slack").build().connectedAt()).isNull();
	}

	@Test
	void eachProfileCanBeHad() {
		FakeConnection connection = FakeConnection.connected("slack");
		assertThat(connection.build().profile()).isEqualTo(ConnectionProfile.USER_OAUTH);
		assertThat(connection.byok().build().profile()).isEqualTo(ConnectionProfile.BYOK_STATIC);
		assertThat(connection.appInstall().build().profile()).isEqualTo(ConnectionProfile.OAUTH_APP_INSTALL);
		assertThat(connection.webhookInbound().build().profile()).isEqualTo(ConnectionProfile.WEBHOOK_INBOUND);
		assertThat(connection.composio().build().profile()).isEqualTo(ConnectionProfile.COMPOSIO_MANAGED);
		assertThat(connection.profile(new ConnectionProfile("telepathy")).build().profile().value())
			.isEqualTo("telepathy");
	}

	@Test
	void fieldsReachTheConnection() {
		Connection connection = FakeConnection.connected("supabase")
			.id("cn_7")
			.displayName("Supabase")
			.category("database")
			.managedPool("sk-pool", "https://pool.example")
			.connectedAt(Instant.parse("2026-05-20T12:00:00Z"))
			.metadata(Map.of("region", "eu"))
			.context(Map.of("ref", "abc"))
			.credential(Map.of("access_token", "t-1"))
			.wantsVariable("A", "api_key")
			.wantsVariable("B", "credential.access_token")
			.field("mood", "sunny")
			.build();
		assertThat(connection.id()).isEqualTo("cn_7");
		assertThat(connection.displayName()).isEqualTo("Supabase");
		assertThat(connection.category().value()).isEqualTo("database");
		assertThat(connection.profile()).isEqualTo(ConnectionProfile.VENDO_MANAGED_POOL);
		assertThat(connection.apiKey()).isEqualTo("sk-pool");
		assertThat(connection.baseUrl()).isEqualTo("https://pool.example");
		assertThat(connection.connectedAt()).isEqualTo(Instant.parse("2026-05-20T12:00:00Z"));
		assertThat(connection.metadata()).containsEntry("region", "eu");
		assertThat(connection.context()).containsEntry("ref", "abc");
		assertThat(connection.credential()).containsEntry("access_token", "t-1");
		assertThat(connection.additionalFields()).containsEntry("mood", "sunny");
		assertThat(connection.envBootstrap()).isNotNull();
		assertThat(connection.envBootstrap().vars()).containsExactly(new EnvBootstrap.Variable("A", "api_key"),
				new EnvBootstrap.Variable("B", "credential.access_token"));
	}

	@Test
	void methodsLeaveTheConnectionTheyWereCalledOnAlone() {
		FakeConnection connection = FakeConnection.connected("slack");
		connection.displayName("Other").wantsVariable("A", "api_key");
		assertThat(connection.build().displayName()).isEqualTo("Slack");
		assertThat(connection.build().envBootstrap()).isNull();
	}

	@Test
	void textHoldsNoSecret() {
		FakeConnection connection = FakeConnection.connected("slack")
			.managedPool("sk-pool", "https://pool.example")
			.credential(Map.of("access_token", "t-1"));
		assertThat(connection.toString()).contains("slack", "connected").doesNotContain("sk-pool", "t-1");
	}

	@Test
	void whenSlugIsBlankThenRefuses() {
		assertThatIllegalArgumentException().isThrownBy(() -> FakeConnection.connected(" "));
	}

}
