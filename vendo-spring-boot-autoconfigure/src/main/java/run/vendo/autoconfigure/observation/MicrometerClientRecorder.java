package run.vendo.autoconfigure.observation;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import run.vendo.http.ClientRecorder;
import run.vendo.token.TokenCache;

/**
 * Counts for each account apart. The accounts whose names are known have their meters
 * from the start, any other one has them from when its first client is built.
 */
final class MicrometerClientRecorder implements ClientRecorder, MeterBinder {

	private static final String OTHER_SLUG = "other";

	/** How many clients may be waiting to be asked for the providers they know. */
	private static final int MOST_SOURCES = 16;

	private final Clock clock;

	private final Function<String, @Nullable TokenCache> tokenCaches;

	private final Set<String> configuredSlugs;

	private final List<Supplier<? extends Collection<String>>> slugSources = new ArrayList<>();

	private volatile @Nullable Set<String> slugs;

	private final Map<String, MicrometerAccountRecorder> accounts = new ConcurrentHashMap<>();

	private final List<MeterRegistry> registries = new ArrayList<>();

	/**
	 * Create a recorder.
	 * @param clock the time
	 * @param tokenCaches gives the cache of an account, whose size is shown
	 * @param accounts the names of the further accounts
	 * @param slugs the providers that are told apart besides those of the clients
	 */
	MicrometerClientRecorder(Clock clock, Function<String, @Nullable TokenCache> tokenCaches,
			Collection<String> accounts, Collection<String> slugs) {
		this.clock = clock;
		this.tokenCaches = tokenCaches;
		this.configuredSlugs = Set.copyOf(slugs);
		forAccount(DEFAULT_ACCOUNT);
		accounts.forEach(this::forAccount);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		synchronized (this.registries) {
			this.registries.add(registry);
			this.accounts.values().forEach((account) -> account.bindTo(registry));
		}
	}

	@Override
	public ClientRecorder forAccount(String account) {
		MicrometerAccountRecorder known = this.accounts.get(account);
		if (known != null) {
			return known;
		}
		synchronized (this.registries) {
			return this.accounts.computeIfAbsent(account, (name) -> {
				MicrometerAccountRecorder added = new MicrometerAccountRecorder(name, this.clock,
						() -> this.tokenCaches.apply(name), this::known);
				this.registries.forEach(added::bindTo);
				return added;
			});
		}
	}

	@Override
	public void knownSlugs(Supplier<? extends Collection<String>> slugs) {
		synchronized (this.slugSources) {
			this.slugSources.add(slugs);
			if (this.slugs != null || this.slugSources.size() > MOST_SOURCES) {
				learnSlugs();
			}
		}
	}

	// Not before somebody asks for a token: to read the catalog is no work of the start.
	private Set<String> learnSlugs() {
		synchronized (this.slugSources) {
			Set<String> known = new HashSet<>((this.slugs != null) ? this.slugs : this.configuredSlugs);
			this.slugSources.forEach((source) -> known.addAll(source.get()));
			this.slugSources.clear();
			this.slugs = known;
			return known;
		}
	}

	// Whatever a caller asks for ends up here, and every value makes a meter.
	private String known(String slug) {
		Set<String> known = this.slugs;
		if (known == null) {
			known = learnSlugs();
		}
		return known.contains(slug) ? slug : OTHER_SLUG;
	}

}
