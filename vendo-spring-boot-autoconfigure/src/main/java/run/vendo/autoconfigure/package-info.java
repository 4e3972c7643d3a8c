/**
 * Auto-configuration of the Vendo client.
 */
@NullMarked
package run.vendo.autoconfigure;

import org.jspecify.annotations.NullMarked;
