/**
 * The providers Vendo knows.
 */
@NullMarked
package run.vendo.integration;

import org.jspecify.annotations.NullMarked;
