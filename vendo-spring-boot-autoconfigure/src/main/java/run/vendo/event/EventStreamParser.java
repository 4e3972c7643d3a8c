package run.vendo.event;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into blocks by the rules of WHATWG, wherever the buffers are
 * cut. One instance reads one connection, on one thread at a time.
 */
final class EventStreamParser {

	private static final byte[] BOM = { (byte) 0xEF, (byte) 0xBB, (byte) 0xBF };

	private static final int LONGEST_RETRY = 18;

	private final Handler handler;

	private final int maxEventSize;

	private final EventNames names = new EventNames();

	/** Bytes of a line that goes on in the next buffer. */
	private byte[] partial = new byte[512];

	private int partialLength;

	/** Whether the line that goes on is longer than anything that is kept. */
	private boolean partialTooLong;

	private byte[] data = new byte[512];

	private int dataLength;

	private boolean dataTooLong;

	private long skippedLength;

	private @Nullable String type;

	private String idBuffer;

	private int bomSeen;

	private boolean started;

	private boolean afterCarriageReturn;

	/**
	 * Create a parser for one connection.
	 * @param maxEventSize how many bytes of data a block may have before it is skipped
	 * @param lastEventId the stream's id so far
	 * @param handler what blocks are handed to
	 */
	EventStreamParser(int maxEventSize, String lastEventId, Handler handler) {
		this.maxEventSize = maxEventSize;
		this.idBuffer = lastEventId;
		this.handler = handler;
	}

	/**
	 * Read a buffer.
	 * @param bytes the buffer
	 * @param offset where it begins
	 * @param length how long it is
	 */
	void parse(byte[] bytes, int offset, int length) {
		int end = offset + length;
		int from = this.started ? offset : skipByteOrderMark(bytes, offset, end);
		if (from < end && this.afterCarriageReturn) {
			this.afterCarriageReturn = false;
			from += (bytes[from] == '\n') ? 1 : 0;
		}
		int lineStart = from;
		int position = from;
		while (position < end) {
			byte current = bytes[position];
			if (current != '\n' && current != '\r') {
				position++;
				continue;
			}
			line(bytes, lineStart, position);
			position++;
			if (current == '\r') {
				if (position == end) {
					this.afterCarriageReturn = true;
				}
				else if (bytes[position] == '\n') {
					position++;
				}
			}
			lineStart = position;
		}
		if (lineStart < end) {
			keep(bytes, lineStart, end);
		}
	}

	// A mark that is cut by the end of a buffer is only known to be one when the next
	// buffer has come.
	private int skipByteOrderMark(byte[] bytes, int offset, int end) {
		int position = offset;
		while (position < end && this.bomSeen < BOM.length && bytes[position] == BOM[this.bomSeen]) {
			this.bomSeen++;
			position++;
		}
		if (this.bomSeen == BOM.length || position < end) {
			this.started = true;
			if (this.bomSeen < BOM.length && this.bomSeen > 0) {
				keep(BOM, 0, this.bomSeen);
			}
		}
		return position;
	}

	private void keep(byte[] bytes, int from, int to) {
		int length = to - from;
		if (this.partialTooLong || this.partialLength + length > this.maxEventSize + 16) {
			this.skippedLength += this.partialTooLong ? length : this.partialLength + length;
			this.partialTooLong = true;
			// What the line is can be told from its beginning, which stays.
			length = Math.min(length, Math.max(0, 16 - this.partialLength));
		}
		if (this.partialLength + length > this.partial.length) {
			this.partial = Arrays.copyOf(this.partial, Math.max(this.partial.length * 2, this.partialLength + length));
		}
		System.arraycopy(bytes, from, this.partial, this.partialLength, length);
		this.partialLength += length;
	}

	private void line(byte[] bytes, int from, int to) {
		if (this.partialLength == 0 && !this.partialTooLong) {
			field(bytes, from, to);
			return;
		}
		keep(bytes, from, to);
		if (this.partialTooLong) {
			longLine();
		}
		else {
			field(this.partial, 0, this.partialLength);
		}
		this.partialLength = 0;
		this.partialTooLong = false;
		if (this.partial.length > 64 * 1024) {
			this.partial = new byte[512];
		}
	}

	// Only a data line can make an event too large; any other line of that length is
	// nonsense, or a comment.
	private void longLine() {
		if (startsWith(this.partial, 0, Math.min(this.partialLength, 5), "data:")) {
			this.dataTooLong = true;
			this.dataLength = 0;
		}
		else {
			this.skippedLength = 0;
		}
	}

	private void field(byte[] line, int from, int to) {
		if (from == to) {
			dispatch();
			return;
		}
		int colon = from;
		while (colon < to && line[colon] != ':') {
			colon++;
		}
		if (colon == from) {
			this.handler.comment();
			return;
		}
		int value = Math.min(colon + 1, to);
		if (value < to && line[value] == ' ') {
			value++;
		}
		switch (colon - from) {
			case 4 -> {
				if (startsWith(line, from, colon, "data")) {
					appendData(line, value, to);
				}
			}
			case 2 -> {
				if (startsWith(line, from, colon, "id")) {
					id(line, value, to);
				}
			}
			case 5 -> {
				if (startsWith(line, from, colon, "event")) {
					this.type = (value < to) ? this.names.name(line, value, to) : null;
				}
				else if (startsWith(line, from, colon, "retry")) {
					retry(line, value, to);
				}
			}
			default -> {
				// Any other field is ignored, as the rules say.
			}
		}
	}

	private void appendData(byte[] line, int from, int to) {
		int length = to - from;
		if (this.dataTooLong || this.dataLength + length > this.maxEventSize) {
			this.dataTooLong = true;
			this.skippedLength += this.dataLength + length;
			this.dataLength = 0;
			return;
		}
		if (this.dataLength + length + 1 > this.data.length) {
			this.data = Arrays.copyOf(this.data, Math.max(this.data.length * 2, this.dataLength + length + 1));
		}
		System.arraycopy(line, from, this.data, this.dataLength, length);
		this.dataLength += length;
		this.data[this.dataLength++] = '\n';
	}

	private void id(byte[] line, int from, int to) {
		for (int i = from; i < to; i++) {
			if (line[i] == 0) {
				return;
			}
		}
		this.idBuffer = new String(line, from, to - from, StandardCharsets.UTF_8);
	}

	private void retry(byte[] line, int from, int to) {
		if (from == to || to - from > LONGEST_RETRY) {
			return;
		}
		long millis = 0;
		for (int i = from; i < to; i++) {
			if (line[i] < '0' || line[i] > '9') {
				return;
			}
			millis = millis * 10 + line[i] - '0';
		}
		this.handler.retry(Duration.ofMillis(millis));
	}

	private void dispatch() {
		this.handler.lastEventId(this.idBuffer);
		String type = this.type;
		this.type = null;
		if (this.dataTooLong) {
			long skipped = this.skippedLength;
			this.dataTooLong = false;
			this.skippedLength = 0;
			this.dataLength = 0;
			this.handler.tooLarge(type, skipped);
		}
		else if (this.dataLength > 0) {
			byte[] data = Arrays.copyOf(this.data, this.dataLength - 1);
			this.dataLength = 0;
			this.handler.event(new EventFrame(type, data, this.idBuffer));
		}
		if (this.data.length > 64 * 1024) {
			this.data = new byte[512];
		}
	}

	private static boolean startsWith(byte[] line, int from, int to, String name) {
		if (to - from < name.length()) {
			return false;
		}
		for (int i = 0; i < name.length(); i++) {
			if (line[from + i] != name.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * What blocks are handed to.
	 */
	interface Handler {

		/**
		 * A block with data has ended.
		 */
		void event(EventFrame frame);

		/**
		 * A comment came.
		 */
		void comment();

		/**
		 * A block has ended, with data or without: where to resume is this.
		 */
		void lastEventId(String id);

		/**
		 * The server says how long to wait before a reconnect.
		 */
		void retry(Duration delay);

		/**
		 * A block has ended whose data was too large to keep.
		 */
		void tooLarge(@Nullable String type, long bytes);

	}

}
