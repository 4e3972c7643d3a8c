/**
 * Actions of connected providers, through the data proxy.
 */
@NullMarked
package run.vendo.data;

import org.jspecify.annotations.NullMarked;
