package run.vendo.autoconfigure.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;

import org.springframework.beans.factory.annotation.Qualifier;

/**
 * Asks for a client that acts for the user of the current request, where a
 * {@link VendoClient} or {@link ReactiveVendoClient} is injected, and at the parameter of
 * a controller method.
 * <p>
 * A parameter is the user's client itself: immutable, and good on any thread. What is
 * injected looks for the user at every call, and so fails outside a request with an
 * {@link IllegalStateException}. Either fails with
 * {@link run.vendo.error.IdentityNotPresentException} where nobody is signed in, and with
 * {@link run.vendo.error.VendoOnlyFeatureException} without an API key.
 *
 * @since 0.1.0
 */
@Target({ ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@Qualifier
public @interface ForRequest {

}
