/**
 * The two front doors to Vendo, and their builder.
 */
@NullMarked
package run.vendo;

import org.jspecify.annotations.NullMarked;
