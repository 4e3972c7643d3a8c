/**
 * The event stream, with reconnection, liveness and resumption, and the types of events.
 */
@NullMarked
package run.vendo.event;

import org.jspecify.annotations.NullMarked;
