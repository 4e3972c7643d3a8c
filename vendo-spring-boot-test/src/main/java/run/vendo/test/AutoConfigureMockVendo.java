package run.vendo.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Gives a test a {@link MockVendoClient} and its {@link MockReactiveVendoClient} in place
 * of the application's clients, the beans of their APIs, a {@link WebhookSigner} whose
 * webhooks they find valid, and {@link MockEvents} that scripts the event stream. Works
 * with {@code @SpringBootTest} and with slices such as {@code @WebMvcTest}, which have no
 * event listeners.
 * <p>
 * The mock is in Vendo mode and has what the application configures beside addresses,
 * keys, secrets, retries and the kept tokens; {@code vendo.sso.enabled} holds, for
 * example. Clients that the application builds from the {@code VendoClient.Builder} bean
 * are on the same platform in memory. A test that wants another mock, or one in OSS mode,
 * declares a bean of type {@link MockVendoClient}, a primary one where the application
 * declares a client too.
 * <p>
 * After every test method the mock is {@linkplain MockVendoClient#reset() reset}. What
 * all tests need belongs into a method that runs before each, or into the builder of a
 * bean of one's own. Tests that run at the same time in one context share the mock.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureMockVendo {

}
