package run.vendo.event;

import java.util.List;

import org.jspecify.annotations.Nullable;

import run.vendo.connection.Connection;

/**
 * What a connection brings, in the order in which it is dealt with.
 */
sealed interface StreamItem {

	/**
	 * One block of the stream.
	 *
	 * @param type the name of its event, or {@code null} when it has none
	 * @param data its data lines, joined
	 * @param lastEventId the stream's id after it
	 */
	record Frame(@Nullable String type, byte[] data, String lastEventId) implements StreamItem {

	}

	/**
	 * A block that says no more than the stream's id.
	 *
	 * @param lastEventId the stream's id after it
	 */
	record Position(String lastEventId) implements StreamItem {

	}

	/**
	 * A block that was too large to keep.
	 *
	 * @param type the name of its event, or {@code null} when it has none
	 * @param bytes how much data it had
	 * @param lastEventId the stream's id after it
	 */
	record TooLarge(@Nullable String type, long bytes, String lastEventId) implements StreamItem {

	}

	/**
	 * The connections, read after the stream was opened.
	 *
	 * @param connections the connections
	 * @param asOf the cursor's sequence before they were read
	 */
	record Snapshot(List<Connection> connections, long asOf) implements StreamItem {

	}

}
