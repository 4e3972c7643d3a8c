/**
 * Auto-configuration of the bridge that publishes the platform's events as application
 * events.
 */
@NullMarked
package run.vendo.autoconfigure.event;

import org.jspecify.annotations.NullMarked;
