package run.vendo.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Starts a {@link run.vendo.test.VendoPlatform} with the application context and points
 * the application's Vendo clients at it, whatever key and addresses are configured. It
 * ends with the context.
 *
 * <pre class="code">
 * &#64;SpringBootTest
 * &#64;AutoConfigureVendoPlatform
 * class OrdersTests {
 *
 *     &#64;Autowired
 *     VendoPlatform platform;
 *
 * }
 * </pre>
 *
 * Works with slices too: the Vendo clients' own auto-configuration comes along. A
 * {@code VendoPlatform} bean of the test's own takes the place of the default one, for
 * example one with another clock. Contexts are cached and so is the platform in them: a
 * test that changes it leaves it to the next one of the same context.
 *
 * @since 0.1.0
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureVendoPlatform {

}
