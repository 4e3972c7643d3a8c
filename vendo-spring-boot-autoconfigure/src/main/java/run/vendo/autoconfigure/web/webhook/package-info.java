/**
 * Webhooks by annotation, in Spring MVC and in Spring WebFlux.
 */
@NullMarked
package run.vendo.autoconfigure.web.webhook;

import org.jspecify.annotations.NullMarked;
