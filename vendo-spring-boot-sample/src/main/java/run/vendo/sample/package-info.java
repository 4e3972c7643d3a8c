/**
 * A small web application on Vendo.
 */
@NullMarked
package run.vendo.sample;

import org.jspecify.annotations.NullMarked;
