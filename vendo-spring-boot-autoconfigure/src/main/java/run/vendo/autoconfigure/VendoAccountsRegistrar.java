package run.vendo.autoconfigure;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.http.ClientRecorder;
import run.vendo.http.VendoCredential;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.RuntimeBeanReference;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Registers both front doors of every further account, qualified by its name. They are no
 * default candidates: whoever asks for a client without a name gets the one of
 * {@code vendo.api-key}.
 */
final class VendoAccountsRegistrar implements ImportBeanDefinitionRegistrar {

	private static final String PREFIX = "vendo.accounts";

	/**
	 * What meters call the application's own account, and whose client would have the
	 * name of the application's own reactive one.
	 */
	private static final Set<String> RESERVED = Set.of(ClientRecorder.DEFAULT_ACCOUNT, "reactive");

	private final Environment environment;

	VendoAccountsRegistrar(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata metadata, BeanDefinitionRegistry registry) {
		for (String name : names(this.environment)) {
			if (RESERVED.contains(name)) {
				throw new VendoConfigurationException(PREFIX + "." + name,
						"The name '%s' has a meaning of its own".formatted(name),
						"Give the account another name. That of vendo.api-key needs none.");
			}
			String client = VendoAccounts.clientBean(name);
			String reactive = VendoAccounts.reactiveClientBean(name);
			if (!registry.containsBeanDefinition(client) && !registry.containsBeanDefinition(reactive)) {
				AbstractBeanDefinition definition = definition(VendoClient.class, "client", name);
				definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
				registry.registerBeanDefinition(client, definition);
				AbstractBeanDefinition reactiveDefinition = definition(ReactiveVendoClient.class, "reactive", name);
				reactiveDefinition.getConstructorArgumentValues()
					.addIndexedArgumentValue(0, new RuntimeBeanReference(client));
				// Closed with the other front door.
				reactiveDefinition.setDestroyMethodName("");
				registry.registerBeanDefinition(reactive, reactiveDefinition);
			}
		}
	}

	private static Set<String> names(Environment environment) {
		Bindable<Map<String, Object>> accounts = Bindable.mapOf(String.class, Object.class);
		return new TreeSet<>(Binder.get(environment).bind(PREFIX, accounts).map(Map::keySet).orElse(Set.of()));
	}

	private static AbstractBeanDefinition definition(Class<?> type, String factoryMethod, String name) {
		RootBeanDefinition definition = new RootBeanDefinition(VendoAccountsRegistrar.class);
		definition.setTargetType(type);
		definition.setFactoryMethodName(factoryMethod);
		definition.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
		definition.setDefaultCandidate(false);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
		definition.setRole(BeanDefinition.ROLE_APPLICATION);
		return definition;
	}

	static VendoClient client(String name, VendoProperties properties, VendoClient.Builder builder) {
		VendoProperties.Account account = properties.accounts().get(name);
		String property = PREFIX + "." + name + ".api-key";
		String key = (account != null && account.apiKey() != null) ? account.apiKey() : "";
		try {
			builder.account(name);
		}
		catch (IllegalArgumentException ex) {
			throw new VendoConfigurationException(PREFIX + "." + name, "The account has a name that cannot be used",
					"Use letters, digits, '-' and '_', at most 64 of them, and begin with a letter or a digit.");
		}
		try {
			builder.credential(VendoCredential.appKey(key));
		}
		catch (ValidationException ex) {
			throw new VendoConfigurationException(property, String.valueOf(ex.details().summary()),
					"Set %s to the account's key from the Vendo dashboard, or leave the account out."
						.formatted(property));
		}
		if (account != null) {
			if (account.baseUrl() != null) {
				builder.baseUrl(account.baseUrl());
			}
			if (account.credentialsUrl() != null) {
				builder.credentialsUrl(account.credentialsUrl());
			}
			if (account.dataProxyUrl() != null) {
				builder.dataProxyUrl(account.dataProxyUrl());
			}
			if (account.apiVersion() != null) {
				builder.apiVersion(account.apiVersion());
			}
		}
		return builder.build();
	}

	static ReactiveVendoClient reactive(VendoClient client) {
		return client.reactive();
	}

}
