/**
 * Keeps secrets out of the HTTP exchanges that Spring Boot records.
 */
@NullMarked
package run.vendo.autoconfigure.exchange;

import org.jspecify.annotations.NullMarked;
