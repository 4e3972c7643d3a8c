/**
 * Every failure a caller of Vendo can act on.
 */
@NullMarked
package run.vendo.error;

import org.jspecify.annotations.NullMarked;
