package run.vendo.autoconfigure.actuate;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import run.vendo.ClientSummary;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.VendoAccounts;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Reads the balances of the further accounts, each as that of the application's own is
 * read. Events do not come for them.
 */
final class AccountBalances implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	private final VendoAccounts accounts;

	private final Map<String, VendoBalanceMonitor> monitors = new LinkedHashMap<>();

	/**
	 * Create what reads the balances.
	 * @param accounts the accounts
	 * @param factory makes what reads the balance of one
	 */
	AccountBalances(VendoAccounts accounts, MonitorFactory factory) {
		this.accounts = accounts;
		for (String name : accounts.names()) {
			VendoClient client = accounts.client(name);
			if (client.isVendoMode()) {
				this.monitors.put(name, factory.create(name, client));
			}
		}
	}

	/**
	 * Return what reads the balances, by account.
	 */
	Map<String, VendoBalanceMonitor> monitors() {
		return this.monitors;
	}

	/**
	 * Return what the endpoint shows of each account.
	 */
	Map<String, VendoDescriptor.Account> describe(Instant now) {
		Map<String, VendoDescriptor.Account> described = new LinkedHashMap<>();
		for (String name : this.accounts.names()) {
			VendoClient client = this.accounts.client(name);
			ClientSummary summary = client.summary();
			described.put(name,
					new VendoDescriptor.Account(summary.vendoMode() ? "vendo" : "oss", summary.maskedApiKey(),
							VendoDescriptor.Urls.of(summary), summary.apiVersion(), client.tokenCache().statistics(),
							balance(this.monitors.get(name), now)));
		}
		return described;
	}

	private static @Nullable Map<String, Object> balance(@Nullable VendoBalanceMonitor monitor, Instant now) {
		return (monitor != null) ? Details.of(monitor.snapshot(), now) : null;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		this.monitors.values().forEach((monitor) -> monitor.onApplicationEvent(event));
	}

	@Override
	public void start() {
		this.monitors.values().forEach(VendoBalanceMonitor::start);
	}

	@Override
	public void stop() {
		this.monitors.values().forEach(VendoBalanceMonitor::stop);
	}

	@Override
	public boolean isRunning() {
		return this.monitors.values().stream().anyMatch(VendoBalanceMonitor::isRunning);
	}

	/**
	 * Makes what reads the balance of an account.
	 */
	interface MonitorFactory {

		VendoBalanceMonitor create(String name, VendoClient client);

	}

}
