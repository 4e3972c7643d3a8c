/**
 * The prepaid balance, spend caps and usage.
 */
@NullMarked
package run.vendo.billing;

import org.jspecify.annotations.NullMarked;
