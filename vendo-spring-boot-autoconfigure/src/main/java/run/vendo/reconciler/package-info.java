/**
 * A dotenv file that stays equal to a mapping.
 */
@NullMarked
package run.vendo.reconciler;

import org.jspecify.annotations.NullMarked;
