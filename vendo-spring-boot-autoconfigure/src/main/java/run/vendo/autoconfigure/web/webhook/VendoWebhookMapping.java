package run.vendo.autoconfigure.web.webhook;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.core.annotation.AliasFor;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;

/**
 * Maps {@code POST} requests to a handler method and lets only verified webhooks through
 * to it.
 *
 * @since 0.1.0
 * @see VendoWebhook
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@VendoWebhook
@RequestMapping(method = RequestMethod.POST)
public @interface VendoWebhookMapping {

	/**
	 * Return the paths.
	 * @return paths or patterns
	 */
	@AliasFor(annotation = RequestMapping.class, attribute = "path")
	String[] value() default {};

	/**
	 * Return the paths.
	 * @return paths or patterns
	 */
	@AliasFor(annotation = RequestMapping.class, attribute = "path")
	String[] path() default {};

	/**
	 * Return conditions on the parameters.
	 * @return expressions as in {@link RequestMapping#params()}
	 */
	@AliasFor(annotation = RequestMapping.class)
	String[] params() default {};

	/**
	 * Return conditions on the headers.
	 * @return expressions as in {@link RequestMapping#headers()}
	 */
	@AliasFor(annotation = RequestMapping.class)
	String[] headers() default {};

	/**
	 * Name what holds the secret.
	 * @return as in {@link VendoWebhook#secret()}
	 */
	@AliasFor(annotation = VendoWebhook.class)
	String secret() default "";

	/**
	 * Say how far the timestamp of a delivery may be from now.
	 * @return as in {@link VendoWebhook#maxAge()}
	 */
	@AliasFor(annotation = VendoWebhook.class)
	String maxAge() default "";

}
