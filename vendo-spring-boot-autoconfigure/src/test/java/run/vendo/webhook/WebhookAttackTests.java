package run.vendo.webhook;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

import run.vendo.error.ValidationException;
import run.vendo.fixture.MutableClock;
import run.vendo.fixture.TestClients;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Attacks on webhook verification by somebody who has seen a valid delivery and does not
 * have the secret.
 */
class WebhookAttackTests {

	private static final int MUTATIONS = 5_000;

	private static final byte[] BODY = Deliveries.BODY.getBytes(StandardCharsets.UTF_8);

	private final MutableClock clock = new MutableClock();

	private final WebhooksApi webhooks = TestClients.oss(URI.create("http://127.0.0.1:9"))
		.clock(this.clock)
		.webhookSecrets("whsec_other", Deliveries.SECRET)
		.build()
		.webhooks();

	/**
	 * A delivery as an attacker may send it.
	 */
	private record Delivery(List<String> timestamps, List<String> signatures, byte[] body) {

		static Delivery valid() {
			return new Delivery(new ArrayList<>(List.of(Deliveries.TIMESTAMP)),
					new ArrayList<>(List.of(Deliveries.SIGNATURE)), BODY.clone());
		}

		HttpHeaders headers() {
			HttpHeaders headers = new HttpHeaders();
			this.timestamps.forEach((value) -> headers.add("Vendo-Timestamp", value));
			this.signatures.forEach((value) -> headers.add("Vendo-Signature", value));
			return headers;
		}

		boolean isWhatWasSigned() {
			return this.timestamps.size() == 1 && this.timestamps.get(0).strip().equals(Deliveries.TIMESTAMP)
					&& this.signatures.equals(List.of(Deliveries.SIGNATURE)) && Arrays.equals(this.body, BODY);
		}

		@Override
		public String toString() {
			return this.timestamps + " " + this.signatures + " " + new String(this.body, StandardCharsets.UTF_8);
		}

	}

	@Test
	void whenNothingIsChangedThenDeliveryIsValid() {
		Delivery delivery = Delivery.valid();
		assertThat(this.webhooks.verify(delivery.headers(), delivery.body()).id()).isEqualTo("evt_1");
	}

	@RepeatedTest(10)
	void whenDeliveryIsChangedAtRandomThenItIsRefused(RepetitionInfo repetition) {
		Random random = new Random(20260520L + repetition.getCurrentRepetition());
		Map<String, Integer> reasons = new HashMap<>();
		int tried = 0;
		while (tried < MUTATIONS) {
			Delivery delivery = mutate(Delivery.valid(), random);
			if (delivery.isWhatWasSigned()) {
				continue;
			}
			tried++;
			reasons.merge(reasonOfRefusal(delivery), 1, Integer::sum);
		}
		assertThat(reasons).containsKeys("mismatch", "malformed-signature", "bad-timestamp", "stale", "future",
				"missing-signature", "missing-timestamp");
	}

	@Test
	void whenAnySingleBitOfTheBodyIsFlippedThenItIsRefused() {
		for (int bit = 0; bit < BODY.length * 8; bit++) {
			Delivery delivery = Delivery.valid();
			delivery.body()[bit / 8] ^= (byte) (1 << (bit % 8));
			assertThat(reasonOfRefusal(delivery)).isEqualTo("mismatch");
		}
	}

	@Test
	void whenAnySingleDigitOfTheSignatureIsAnotherThenItIsRefused() {
		for (int i = 0; i < Deliveries.SIGNATURE.length(); i++) {
			for (char digit : "0123456789abcdef".toCharArray()) {
				Delivery delivery = Delivery.valid();
				StringBuilder signature = new StringBuilder(Deliveries.SIGNATURE);
				signature.setCharAt(i, digit);
				delivery.signatures().set(0, signature.toString());
				if (!delivery.isWhatWasSigned()) {
					assertThat(reasonOfRefusal(delivery)).isEqualTo("mismatch");
				}
			}
		}
	}

	@Test
	void whenTheDotBetweenTimestampAndBodyIsMovedThenItIsRefused() {
		// A body that begins with digits and a dot reads the same to a MAC over both.
		String signed = "1779278400." + "5.{}";
		String signature = Deliveries.sign(Deliveries.SECRET, "1779278400", "5.{}".getBytes(StandardCharsets.UTF_8));
		assertThat(Deliveries.sign(Deliveries.SECRET, "1779278400.5", "{}".getBytes(StandardCharsets.UTF_8)))
			.isEqualTo(signature);
		for (int dot = signed.indexOf('.'); dot >= 0; dot = signed.indexOf('.', dot + 1)) {
			Delivery delivery = new Delivery(List.of(signed.substring(0, dot)), List.of(signature),
					signed.substring(dot + 1).getBytes(StandardCharsets.UTF_8));
			assertThat(reasonOfRefusal(delivery)).isIn("bad-json", "bad-timestamp");
		}
	}

	@Test
	void whenSignedWithAKnownOrEmptySecretThenItIsRefused() {
		for (String secret : List.of("whsec_", "whsec_example_", "example_0123456789", Deliveries.SECRET + "\0",
				Deliveries.SECRET + " ", Deliveries.SECRET.toUpperCase(), "null", "\0", "secret")) {
			HttpHeaders headers = Deliveries.signed(secret, Deliveries.TIMESTAMP, BODY);
			Delivery delivery = new Delivery(headers.get("Vendo-Timestamp"), headers.get("Vendo-Signature"), BODY);
			// A MAC pads its key with zeros, so a secret and the same with zeros at its
			// end
			// are one: nothing an attacker without it gains by.
			if (!delivery.isWhatWasSigned()) {
				assertThat(reasonOfRefusal(delivery)).isEqualTo("mismatch");
			}
		}
	}

	@Test
	void whenAnOldDeliveryIsSentAgainWithANewTimestampThenItIsRefused() {
		this.clock.advance(Duration.ofHours(1));
		assertThat(reasonOfRefusal(Delivery.valid())).isEqualTo("stale");
		Delivery delivery = Delivery.valid();
		delivery.timestamps().set(0, String.valueOf(this.clock.instant().getEpochSecond()));
		assertThat(reasonOfRefusal(delivery)).isEqualTo("mismatch");
	}

	private String reasonOfRefusal(Delivery delivery) {
		try {
			this.webhooks.verify(delivery.headers(), delivery.body());
		}
		catch (ValidationException ex) {
			assertThat(ex.getMessage()).doesNotContain("whsec_").doesNotContain(Deliveries.SIGNATURE);
			return ex.reason();
		}
		return fail("Accepted: %s", delivery);
	}

	private static Delivery mutate(Delivery delivery, Random random) {
		Delivery mutated = delivery;
		int changes = 1 + random.nextInt(3);
		for (int i = 0; i < changes; i++) {
			mutated = switch (random.nextInt(10)) {
				case 0, 1, 2 -> new Delivery(mutated.timestamps(), mutated.signatures(), bytes(mutated.body(), random));
				case 3, 4, 5 -> {
					texts(mutated.signatures(), random, "0123456789abcdefABCDEFg =,x");
					yield mutated;
				}
				case 6, 7 -> {
					texts(mutated.timestamps(), random, "0123456789-+.:TZ ex\t");
					yield mutated;
				}
				case 8 -> {
					String time = String.valueOf(1779278400L + random.nextInt(2_000) - 1_000);
					mutated.timestamps().clear();
					mutated.timestamps().add(time);
					yield mutated;
				}
				default -> {
					List<String> values = random.nextBoolean() ? mutated.timestamps() : mutated.signatures();
					if (random.nextBoolean()) {
						values.clear();
					}
					else {
						values.add(random.nextBoolean() ? Deliveries.SIGNATURE : Deliveries.TIMESTAMP);
					}
					yield mutated;
				}
			};
		}
		return mutated;
	}

	private static byte[] bytes(byte[] body, Random random) {
		int at = random.nextInt(body.length + 1);
		return switch (random.nextInt(4)) {
			case 0 -> Arrays.copyOf(body, at);
			case 1 -> {
				byte[] longer = Arrays.copyOf(body, body.length + 1);
				System.arraycopy(body, at, longer, at + 1, body.length - at);
				longer[at] = (byte) random.nextInt(256);
				yield longer;
			}
			default -> {
				byte[] changed = body.clone();
				if (changed.length > 0) {
					changed[at % changed.length] = (byte) random.nextInt(256);
				}
				yield changed;
			}
		};
	}

	private static void texts(List<String> values, Random random, String alphabet) {
		if (values.isEmpty()) {
			return;
		}
		int index = random.nextInt(values.size());
		StringBuilder value = new StringBuilder(values.get(index));
		char character = alphabet.charAt(random.nextInt(alphabet.length()));
		int at = random.nextInt(value.length() + 1);
		switch (random.nextInt(4)) {
			case 0 -> value.insert(at, character);
			case 1 -> value.setLength(at);
			case 2 -> {
				String upper = value.toString().toUpperCase();
				value.replace(0, value.length(), upper);
			}
			default -> {
				if (value.length() > 0) {
					value.setCharAt(at % value.length(), character);
				}
			}
		}
		values.set(index, value.toString());
	}

}
