package run.vendo.autoconfigure.observation;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is counted.
 *
 * @param slugs Comma-separated list of the providers that meters tell apart, besides
 * those Vendo knows and those in "vendo.byok" and "vendo.connections". All others are
 * "other".
 */
@ConfigurationProperties("vendo.metrics")
record VendoMetricsProperties(@DefaultValue List<String> slugs) {

}
