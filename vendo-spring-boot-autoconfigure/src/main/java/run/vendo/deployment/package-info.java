/**
 * Where the application runs.
 */
@NullMarked
package run.vendo.deployment;

import org.jspecify.annotations.NullMarked;
