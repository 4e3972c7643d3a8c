/**
 * What an application's own tests need: the simulator of the platform and its helpers.
 */
@NullMarked
package run.vendo.test;

import org.jspecify.annotations.NullMarked;
