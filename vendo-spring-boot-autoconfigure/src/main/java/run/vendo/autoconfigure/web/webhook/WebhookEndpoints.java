package run.vendo.autoconfigure.web.webhook;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ValidationException;
import run.vendo.error.VendoConfigurationException;
import run.vendo.webhook.WebhookEvent;
import run.vendo.webhook.WebhooksApi;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodClassKey;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;
import org.springframework.web.method.HandlerMethod;

/**
 * Knows which handler methods take webhooks, and how each wants them verified. What
 * cannot work is refused while the application starts.
 */
final class WebhookEndpoints {

	private static final String METADATA_STORE = "org.springframework.integration.metadata.ConcurrentMetadataStore";

	private final Map<MethodClassKey, Optional<WebhookEndpoint>> endpoints = new ConcurrentHashMap<>();

	private final BeanFactory beanFactory;

	private final Environment environment;

	WebhookEndpoints(BeanFactory beanFactory, Environment environment) {
		this.beanFactory = beanFactory;
		this.environment = environment;
	}

	/**
	 * Find what a handler method wants.
	 * @param handler the handler method
	 * @return the endpoint, the same object each time, or {@code null} if the method does
	 * not take webhooks
	 * @throws VendoConfigurationException if its webhooks cannot be verified
	 */
	@Nullable WebhookEndpoint find(HandlerMethod handler) {
		MethodClassKey key = new MethodClassKey(handler.getMethod(), handler.getBeanType());
		Optional<WebhookEndpoint> endpoint = this.endpoints.get(key);
		if (endpoint == null) {
			endpoint = this.endpoints.computeIfAbsent(key, (absent) -> Optional.ofNullable(create(handler)));
		}
		return endpoint.orElse(null);
	}

	private @Nullable WebhookEndpoint create(HandlerMethod handler) {
		Class<?> type = userClass(handler);
		VendoWebhook annotation = annotation(handler, type);
		if (annotation != null) {
			String name = name(type, handler.getMethod());
			return create(name, annotation.secret(), maxAge(name, annotation.maxAge()));
		}
		for (var parameter : handler.getMethodParameters()) {
			ResolvableType taken = ResolvableType.forMethodParameter(parameter);
			if (taken.as(WebhookEvent.class) != ResolvableType.NONE
					|| taken.getGeneric(0).as(WebhookEvent.class) != ResolvableType.NONE) {
				throw new VendoConfigurationException(null,
						"%s takes a WebhookEvent, but nothing verifies its requests"
							.formatted(name(type, handler.getMethod())),
						"Annotate the method with @VendoWebhook, or map it with @VendoWebhookMapping.");
			}
		}
		return null;
	}

	// What the mapping knows of may be an interface, or a proxy of one: both hide what
	// is on the class behind it.
	private Class<?> userClass(HandlerMethod handler) {
		Object bean = handler.getBean();
		Class<?> type = (bean instanceof String name) ? this.beanFactory.getType(name) : bean.getClass();
		if (type != null && Proxy.isProxyClass(type)) {
			return AopProxyUtils
				.ultimateTargetClass((bean instanceof String name) ? this.beanFactory.getBean(name) : bean);
		}
		return ClassUtils.getUserClass((type != null) ? type : handler.getBeanType());
	}

	private static @Nullable VendoWebhook annotation(HandlerMethod handler, Class<?> type) {
		VendoWebhook annotation = handler.getMethodAnnotation(VendoWebhook.class);
		if (annotation == null) {
			annotation = AnnotatedElementUtils
				.findMergedAnnotation(AopUtils.getMostSpecificMethod(handler.getMethod(), type), VendoWebhook.class);
		}
		if (annotation == null) {
			annotation = AnnotatedElementUtils.findMergedAnnotation(handler.getBeanType(), VendoWebhook.class);
		}
		return (annotation != null) ? annotation : AnnotatedElementUtils.findMergedAnnotation(type, VendoWebhook.class);
	}

	// An event that goes to two methods is not the same delivery twice, even if they
	// share a name.
	private static String name(Class<?> type, Method method) {
		String name = type.getName() + "#" + method.getName();
		boolean shared = Arrays.stream(ReflectionUtils.getUniqueDeclaredMethods(type))
			.filter((each) -> each.getName().equals(method.getName()) && !each.isBridge())
			.count() > 1;
		return shared ? Arrays.stream(method.getParameterTypes())
			.map(Class::getName)
			.collect(Collectors.joining(",", name + "(", ")")) : name;
	}

	/**
	 * Refuse what carries the annotation and is no controller: it would be open to
	 * everybody.
	 * @param beans the beans
	 * @param types types of beans that take requests by other means
	 * @throws VendoConfigurationException if there is one
	 */
	void requireNone(ListableBeanFactory beans, Class<?>... types) {
		for (Class<?> type : types) {
			for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type, true, false)) {
				if (beans.findAnnotationOnBean(name, VendoWebhook.class, false) != null) {
					throw new VendoConfigurationException(null,
							"The bean '%s' is annotated with @VendoWebhook, which has no effect on a %s".formatted(name,
									type.getSimpleName()),
							"Write a method of a controller, or filter the routes with the bean of type "
									+ "VendoWebhookFilterFunctions (ReactiveVendoWebhookFilterFunctions in WebFlux).");
				}
			}
		}
	}

	WebhookEndpoint create(String name, String secret, @Nullable Duration maxAge) {
		requireStore();
		return new WebhookEndpoint(name, webhooks(name, secret), maxAge);
	}

	// To remember deliveries in memory because there is more than one place to keep them
	// would handle each of them once on every instance, and nobody would know.
	private void requireStore() {
		if (!ClassUtils.isPresent(METADATA_STORE, this.beanFactory.getClass().getClassLoader())
				|| !(this.beanFactory instanceof ListableBeanFactory beans)
				|| !beans.containsBean(VendoWebhookConfigurations.MEMORY)) {
			return;
		}
		String[] stores = MetadataStores.names(beans);
		if (stores.length > 1) {
			throw new VendoConfigurationException(null,
					"There are %d beans of type ConcurrentMetadataStore (%s), so it is not known which of them remembers webhooks"
						.formatted(stores.length, String.join(", ", stores)),
					"Mark one of them with @Primary, or declare a WebhookDeliveryStore.");
		}
	}

	private WebhooksApi webhooks(String name, String secret) {
		if (secret.isEmpty()) {
			WebhooksApi webhooks = this.beanFactory.getBeanProvider(WebhooksApi.class).getIfAvailable();
			if (webhooks == null || !hasSecret(webhooks)) {
				throw new VendoConfigurationException("vendo.webhook.secret",
						"%s takes webhooks, but there is no secret to verify them with".formatted(name),
						"Set vendo.webhook.secret (VENDO_WEBHOOK_SECRET) to the secret from the Vendo dashboard, or "
								+ "name another property or a bean in the 'secret' of the annotation.");
			}
			return webhooks;
		}
		Object bean = this.beanFactory.containsBean(secret) ? this.beanFactory.getBean(secret) : null;
		if (bean instanceof WebhooksApi webhooks) {
			return webhooks;
		}
		List<String> secrets = (bean != null) ? fromBean(bean) : fromProperty(secret);
		if (secrets.stream().noneMatch(StringUtils::hasText)) {
			throw new VendoConfigurationException(null,
					"The 'secret' of %s%s names neither a bean nor a property that holds a secret".formatted(name,
							secret.startsWith("whsec_") ? "" : ", '" + secret + "',"),
					"Set that property, or declare a bean of that name that is a String, a collection of them or a "
							+ "WebhooksApi. The annotation takes a name, never the secret itself.");
		}
		Clock clock = this.beanFactory.getBeanProvider(Clock.class).getIfUnique(Clock::systemUTC);
		return WebhooksApi.of(secrets, defaultMaxAge(), clock);
	}

	private static List<String> fromBean(Object bean) {
		if (bean instanceof Collection<?> collection) {
			// What is not there must not become a secret that everybody can guess.
			return collection.stream().filter(CharSequence.class::isInstance).map(Object::toString).toList();
		}
		return (bean instanceof CharSequence) ? List.of(bean.toString()) : List.of();
	}

	private List<String> fromProperty(String name) {
		if (ConfigurationPropertyName.isValid(name)) {
			return Binder.get(this.environment).bind(name, Bindable.listOf(String.class)).orElse(List.of());
		}
		String value = this.environment.getProperty(name);
		return (value != null) ? List.of(StringUtils.commaDelimitedListToStringArray(value)) : List.of();
	}

	// The only thing a verifier says about its secrets, wherever they come from.
	private static boolean hasSecret(WebhooksApi webhooks) {
		try {
			webhooks.verify(HttpHeaders.EMPTY, new byte[0]);
		}
		catch (ValidationException ex) {
			return !"no-secret".equals(ex.reason());
		}
		return true;
	}

	private @Nullable Duration maxAge(String name, String maxAge) {
		if (maxAge.isEmpty()) {
			return null;
		}
		try {
			Duration duration = DurationStyle.detectAndParse(this.environment.resolveRequiredPlaceholders(maxAge));
			if (duration.isNegative() || duration.isZero()) {
				throw new IllegalArgumentException("Not positive");
			}
			return duration;
		}
		catch (IllegalArgumentException ex) {
			throw new VendoConfigurationException(null,
					"The 'maxAge' of %s, '%s', is not a positive duration".formatted(name, maxAge),
					"Write it as for example 5m or 300s.", ex);
		}
	}

	Duration defaultMaxAge() {
		return Binder.get(this.environment)
			.bind("vendo.webhook.max-age", Duration.class)
			.orElse(WebhooksApi.DEFAULT_MAX_AGE);
	}

	/**
	 * Apart, because Spring Integration need not be there.
	 */
	private static final class MetadataStores {

		static String[] names(ListableBeanFactory beans) {
			return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, ConcurrentMetadataStore.class, true,
					false);
		}

	}

}
