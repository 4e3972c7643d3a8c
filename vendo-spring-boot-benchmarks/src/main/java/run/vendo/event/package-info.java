/**
 * Benchmarks of the event stream.
 */
package run.vendo.event;
