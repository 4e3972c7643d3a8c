/**
 * Tests that the benchmarks work and measure what they say.
 */
@NullMarked
package run.vendo.benchmark;

import org.jspecify.annotations.NullMarked;
