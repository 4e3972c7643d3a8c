package run.vendo.autoconfigure;

import run.vendo.VendoClient;

/**
 * Adjusts the builder of the client. Beans of this type are called in order; what
 * configuration properties say is applied by one with order {@code 0}, so that one that
 * comes later has the last word.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface VendoClientCustomizer {

	/**
	 * Adjust a builder.
	 * @param builder the builder to adjust
	 */
	void customize(VendoClient.Builder builder);

}
