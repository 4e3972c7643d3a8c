/**
 * Auto-configuration of what tests need, by annotation.
 */
@NullMarked
package run.vendo.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
