package run.vendo.autoconfigure.observation;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * How calls are observed.
 *
 * @param propagate Whether the headers of a trace go along with requests to Vendo and to
 * providers. They are somebody else's, so by default they do not.
 */
@ConfigurationProperties("vendo.observations")
record VendoObservationsProperties(boolean propagate) {

}
