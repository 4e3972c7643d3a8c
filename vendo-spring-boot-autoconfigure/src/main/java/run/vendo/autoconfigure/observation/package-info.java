/**
 * What the application's operators see of the client: observations and meters.
 */
@NullMarked
package run.vendo.autoconfigure.observation;

import org.jspecify.annotations.NullMarked;
