package run.vendo.autoconfigure.web.webhook;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import run.vendo.webhook.WebhookEvent;

/**
 * Lets only verified webhooks through to a handler method, or to all handler methods of a
 * controller. Works in Spring MVC and in Spring WebFlux, whatever the method takes: a
 * {@link WebhookEvent} with or without a type for its data, a request body of any type,
 * headers, or nothing.
 * <p>
 * The signature is checked over the bytes as received, before they are decoded. A request
 * that is not a valid delivery is answered with 400 and a problem detail; one that was
 * handled before, with 200. The handler is called for neither.
 *
 * @since 0.1.0
 * @see VendoWebhookMapping
 */
@Target({ ElementType.METHOD, ElementType.TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface VendoWebhook {

	/**
	 * Name what holds the secret: a bean, which is a {@code String}, a collection of
	 * them, or a {@link run.vendo.webhook.WebhooksApi}; or else a configuration property
	 * with one secret or several. Never the secret itself.
	 * @return the name, or nothing for the secrets under {@code vendo.webhook}
	 */
	String secret() default "";

	/**
	 * Say how far the timestamp of a delivery may be from now, for example {@code 10m}. A
	 * placeholder is resolved.
	 * @return a duration, or nothing for {@code vendo.webhook.max-age}
	 */
	String maxAge() default "";

}
