/**
 * What the client costs, as a ratio against the limit of what it stands on.
 */
@NullMarked
package run.vendo.benchmark;

import org.jspecify.annotations.NullMarked;
