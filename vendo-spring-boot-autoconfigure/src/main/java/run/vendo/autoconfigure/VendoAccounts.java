package run.vendo.autoconfigure;

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.Assert;

/**
 * The further accounts of an application, those of {@code vendo.accounts}, for code that
 * does not know their names beforehand. All other code has a client injected that is
 * qualified by the name.
 *
 * @since 0.1.0
 */
public final class VendoAccounts {

	private final Set<String> names;

	private final BeanFactory beanFactory;

	VendoAccounts(Collection<String> configured, BeanFactory beanFactory) {
		Set<String> names = new TreeSet<>(configured);
		names.removeIf((name) -> !beanFactory.containsBean(clientBean(name))
				&& !beanFactory.containsBean(reactiveClientBean(name)));
		this.names = Collections.unmodifiableSet(names);
		this.beanFactory = beanFactory;
	}

	static String clientBean(String name) {
		return name + "VendoClient";
	}

	static String reactiveClientBean(String name) {
		return name + "ReactiveVendoClient";
	}

	/**
	 * Return the names of the further accounts.
	 * @return the names in alphabetical order; the application's own account has none
	 */
	public Set<String> names() {
		return this.names;
	}

	/**
	 * Return the client of an account.
	 * @param name the name of the account
	 * @return its client, the same each time
	 * @throws IllegalArgumentException if there is no such account
	 */
	public VendoClient client(String name) {
		Assert.isTrue(this.names.contains(name),
				() -> "There is no account '%s': set vendo.accounts.%s.api-key, or use one of %s".formatted(name, name,
						this.names));
		String bean = clientBean(name);
		return this.beanFactory.containsBean(bean) ? this.beanFactory.getBean(bean, VendoClient.class)
				: this.beanFactory.getBean(reactiveClientBean(name), ReactiveVendoClient.class).blocking();
	}

}
