/**
 * Auto-configuration of the reconciler.
 */
@NullMarked
package run.vendo.autoconfigure.reconciler;

import org.jspecify.annotations.NullMarked;
