package run.vendo.autoconfigure.web.webhook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import run.vendo.autoconfigure.web.webhook.WebhookDeliveryStore.Claim;
import run.vendo.fixture.MutableClock;

import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The contract of {@link WebhookDeliveryStore}, for both that come along.
 */
class WebhookDeliveryStoreTests {

	private static final Duration LEASE = Duration.ofMinutes(5);

	private static final Duration RETENTION = Duration.ofHours(1);

	private final MutableClock clock = new MutableClock();

	@ParameterizedTest
	@EnumSource
	void whenADeliveryIsConfirmedThenItIsRememberedAsLongAsTold(Kind kind) {
		WebhookDeliveryStore store = kind.create(this.clock);
		assertThat(store.claim("a", "1", LEASE)).isEqualTo(Claim.GRANTED);
		assertThat(store.claim("b", "2", LEASE)).isEqualTo(Claim.GRANTED);
		store.confirm("a", "1", RETENTION);
		this.clock.advance(RETENTION.minusMillis(1));
		assertThat(store.claim("a", "3", LEASE)).isEqualTo(Claim.HANDLED);
		this.clock.advance(Duration.ofMillis(1));
		assertThat(store.claim("a", "4", LEASE)).isEqualTo(Claim.GRANTED);
	}

	@ParameterizedTest
	@EnumSource
	void whenAClaimIsNeitherConfirmedNorReleasedThenItEndsWithItsLease(Kind kind) {
		WebhookDeliveryStore store = kind.create(this.clock);
		store.claim("a", "1", LEASE);
		this.clock.advance(LEASE.minusMillis(1));
		assertThat(store.claim("a", "2", LEASE)).isEqualTo(Claim.IN_PROGRESS);
		this.clock.advance(Duration.ofMillis(1));
		assertThat(store.claim("a", "3", LEASE)).isEqualTo(Claim.GRANTED);
		assertThat(store.claim("a", "4", LEASE)).isEqualTo(Claim.IN_PROGRESS);
	}

	@ParameterizedTest
	@EnumSource
	void whenAClaimIsReleasedThenTheNextIsGranted(Kind kind) {
		WebhookDeliveryStore store = kind.create(this.clock);
		store.claim("a", "1", LEASE);
		store.release("a", "1");
		assertThat(store.claim("a", "2", LEASE)).isEqualTo(Claim.GRANTED);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheClaimHasPassedToAnotherThenItIsNotReleased(Kind kind) {
		WebhookDeliveryStore store = kind.create(this.clock);
		store.claim("a", "1", LEASE);
		this.clock.advance(LEASE);
		store.claim("a", "2", LEASE);
		store.release("a", "1");
		assertThat(store.claim("a", "3", LEASE)).isEqualTo(Claim.IN_PROGRESS);
		store.confirm("a", "2", RETENTION);
		store.release("a", "2");
		assertThat(store.claim("a", "4", LEASE)).isEqualTo(Claim.HANDLED);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheClaimHasPassedToAnotherThenItIsHandledAllTheSame(Kind kind) {
		WebhookDeliveryStore store = kind.create(this.clock);
		store.claim("a", "1", LEASE);
		this.clock.advance(LEASE);
		store.claim("a", "2", LEASE);
		store.confirm("a", "1", RETENTION);
		assertThat(store.claim("a", "3", LEASE)).isEqualTo(Claim.HANDLED);
		// Whoever came later has failed: that does not undo what was done.
		store.release("a", "2");
		assertThat(store.claim("a", "4", LEASE)).isEqualTo(Claim.HANDLED);
	}

	@ParameterizedTest
	@EnumSource
	void whenTheKeyAndTheOwnerAreAsLongAsTheyGetThenTheyFit(Kind kind) {
		WebhookDeliveryStore store = kind.create(this.clock);
		String key = "vendo:webhook:" + "f".repeat(64);
		assertThat(store.claim(key, "o".repeat(40), LEASE)).isEqualTo(Claim.GRANTED);
		assertThat(store.claim(key, "p".repeat(40), LEASE)).isEqualTo(Claim.IN_PROGRESS);
		store.confirm(key, "o".repeat(40), Duration.ofDays(365));
		assertThat(store.claim(key, "p".repeat(40), LEASE)).isEqualTo(Claim.HANDLED);
	}

	@ParameterizedTest
	@EnumSource
	void whenManyClaimAtOnceThenOneIsGranted(Kind kind) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(16);
		try {
			WebhookDeliveryStore store = kind.create(this.clock);
			for (int round = 0; round < 200; round++) {
				String key = "key" + (round / 2);
				// The first time there is nothing, the second time a claim that has
				// ended.
				this.clock.advance(LEASE);
				CountDownLatch start = new CountDownLatch(1);
				List<Future<Claim>> claims = new ArrayList<>();
				for (int i = 0; i < 16; i++) {
					String owner = round + "-" + i;
					claims.add(threads.submit(() -> {
						start.await();
						return store.claim(key, owner, LEASE);
					}));
				}
				start.countDown();
				int granted = 0;
				for (Future<Claim> claim : claims) {
					granted += (claim.get(30, TimeUnit.SECONDS) == Claim.GRANTED) ? 1 : 0;
				}
				assertThat(granted).isEqualTo(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenTheMemoryIsFullThenTheOldestIsForgotten() {
		InMemoryWebhookDeliveryStore store = new InMemoryWebhookDeliveryStore(100, this.clock);
		for (int i = 0; i < 1000; i++) {
			store.claim("key" + i, "1", LEASE);
			store.confirm("key" + i, "1", RETENTION);
			assertThat(store.size()).isLessThanOrEqualTo(100);
		}
		assertThat(store.claim("key999", "2", LEASE)).isEqualTo(Claim.HANDLED);
		assertThat(store.claim("key901", "2", LEASE)).isEqualTo(Claim.HANDLED);
		assertThat(store.claim("key0", "2", LEASE)).isEqualTo(Claim.GRANTED);
	}

	@Test
	void whenDeliveriesHaveEndedThenTheyTakeNoMemory() {
		InMemoryWebhookDeliveryStore store = new InMemoryWebhookDeliveryStore(100, this.clock);
		for (int i = 0; i < 50; i++) {
			store.claim("key" + i, "1", LEASE);
		}
		this.clock.advance(LEASE);
		store.claim("another", "1", LEASE);
		assertThat(store.size()).isEqualTo(1);
	}

	@Test
	void whenSomebodyElseWroteUnderTheKeyThenNothingIsHandledTwice() {
		SimpleMetadataStore metadata = new SimpleMetadataStore();
		metadata.put("a", "what is this?");
		WebhookDeliveryStore store = new MetadataStoreWebhookDeliveryStore(metadata, this.clock);
		assertThat(store.claim("a", "1", LEASE)).isEqualTo(Claim.IN_PROGRESS);
	}

	/**
	 * The stores.
	 */
	enum Kind {

		MEMORY {

			@Override
			WebhookDeliveryStore create(MutableClock clock) {
				return new InMemoryWebhookDeliveryStore(1000, clock);
			}

		},

		METADATA_STORE {

			@Override
			WebhookDeliveryStore create(MutableClock clock) {
				return new MetadataStoreWebhookDeliveryStore(new SimpleMetadataStore(), clock);
			}

		},

		DATABASE {

			@Override
			WebhookDeliveryStore create(MutableClock clock) {
				DataSource database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
					.generateUniqueName(true)
					.addScript("classpath:org/springframework/integration/jdbc/schema-h2.sql")
					.build();
				// Many wait for one row, and whoever holds it may have to wait for a
				// processor.
				new JdbcTemplate(database).execute("SET DEFAULT_LOCK_TIMEOUT 30000");
				JdbcMetadataStore metadata = new JdbcMetadataStore(database);
				metadata.afterPropertiesSet();
				return new MetadataStoreWebhookDeliveryStore(metadata, clock);
			}

		};

		abstract WebhookDeliveryStore create(MutableClock clock);

	}

}
