/**
 * Tools that can be deployed, and what things cost.
 */
@NullMarked
package run.vendo.catalog;

import org.jspecify.annotations.NullMarked;
