package run.vendo.event;

import org.jspecify.annotations.Nullable;

/**
 * One block of the stream.
 *
 * @param type the name of its event, or {@code null} when it has none
 * @param data its data lines, joined
 * @param lastEventId the stream's id after it
 */
record EventFrame(@Nullable String type, byte[] data, String lastEventId) {

}
