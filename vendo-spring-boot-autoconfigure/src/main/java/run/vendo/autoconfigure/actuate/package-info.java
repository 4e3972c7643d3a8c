/**
 * Auto-configuration of what an operator sees: health, the endpoint and the application's
 * information.
 */
@NullMarked
package run.vendo.autoconfigure.actuate;

import org.jspecify.annotations.NullMarked;
