package run.vendo.test;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import run.vendo.billing.Balance;
import run.vendo.billing.Period;
import run.vendo.billing.SpendCaps;
import run.vendo.error.VendoException;

/**
 * What a mock was told to answer. Guarded by {@link MockState}.
 */
final class MockScript {

	final Map<String, FakeConnection> connections = new LinkedHashMap<>();

	final Map<TokenKey, String> tokens = new LinkedHashMap<>();

	final Map<String, JsonNode> integrations = new LinkedHashMap<>();

	final Map<Period, JsonNode> usage = new EnumMap<>(Period.class);

	final Map<String, JsonNode> results = new LinkedHashMap<>();

	final Map<String, MockAnswer> answers = new LinkedHashMap<>();

	final List<Failure> failures = new ArrayList<>();

	Balance balance = new Balance(10_000_000, "USD", "https://vendo.run/dashboard/billing");

	SpendCaps spendCaps = new SpendCaps(null, null, 0, 0);

	MockScript copy() {
		MockScript copy = new MockScript();
		copy.connections.putAll(this.connections);
		copy.tokens.putAll(this.tokens);
		copy.integrations.putAll(this.integrations);
		copy.usage.putAll(this.usage);
		copy.results.putAll(this.results);
		copy.answers.putAll(this.answers);
		this.failures.forEach((failure) -> copy.failures.add(new Failure(failure)));
		copy.balance = this.balance;
		copy.spendCaps = this.spendCaps;
		return copy;
	}

	/**
	 * Whose token.
	 *
	 * @param user the user's JWT, or {@code null} for the application
	 * @param slug the provider
	 */
	record TokenKey(@Nullable String user, String slug) {

	}

	/**
	 * A failure that was asked for.
	 */
	static final class Failure {

		private static final int FOR_EVER = -1;

		private final @Nullable String slug;

		private final Predicate<MockVendoCall> calls;

		private final VendoException exception;

		private int left;

		private Failure(@Nullable String slug, Predicate<MockVendoCall> calls, VendoException exception, int left) {
			this.slug = slug;
			this.calls = calls;
			this.exception = exception;
			this.left = left;
		}

		private Failure(Failure other) {
			this(other.slug, other.calls, other.exception, other.left);
		}

		static Failure forEver(Predicate<MockVendoCall> calls, VendoException exception) {
			return new Failure(null, calls, exception, FOR_EVER);
		}

		static Failure next(int times, Predicate<MockVendoCall> calls, VendoException exception) {
			return new Failure(null, calls, exception, times);
		}

		static Failure about(String slug, VendoException exception) {
			return new Failure(slug, (call) -> slug.equals(call.slug()), exception, FOR_EVER);
		}

		static Failure nextAbout(int times, String slug, VendoException exception) {
			return new Failure(slug, (call) -> slug.equals(call.slug()), exception, times);
		}

		boolean isAbout(String slug) {
			return slug.equals(this.slug);
		}

		boolean matches(MockVendoCall call) {
			return this.left != 0 && this.calls.test(call);
		}

		@Nullable VendoException meet(MockVendoCall call) {
			if (!matches(call)) {
				return null;
			}
			if (this.left > 0) {
				this.left--;
			}
			return this.exception;
		}

	}

}
