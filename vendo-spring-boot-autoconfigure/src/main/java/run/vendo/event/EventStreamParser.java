package run.vendo.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into blocks by the rules of WHATWG, wherever the buffers are
 * cut. One instance reads one connection, on one thread at a time.
 */
final class EventStreamParser {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long ONES = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	private static final long LINE_FEEDS = '\n' * ONES;

	private static final long CARRIAGE_RETURNS = '\r' * ONES;

	private static final byte[] BOM = { (byte) 0xEF, (byte) 0xBB, (byte) 0xBF };

	private static final byte[] DATA = { 'd', 'a', 't', 'a' };

	private static final byte[] ID = { 'i', 'd' };

	private static final byte[] EVENT = { 'e', 'v', 'e', 'n', 't' };

	private static final byte[] RETRY = { 'r', 'e', 't', 'r', 'y' };

	private static final int LONGEST_RETRY = 18;

	/** As much of a line as it takes to tell which field it is. */
	private static final int LINE_HEAD = 16;

	private static final int BUFFER_SIZE = 512;

	private static final int LARGEST_KEPT_BUFFER = 64 * 1024;

	private final Handler handler;

	private final int maxEventSize;

	private final EventNames names = new EventNames();

	/** Bytes of a line that goes on in the next buffer. */
	private byte[] partial = new byte[BUFFER_SIZE];

	private int partialLength;

	/** How long the line that goes on is, once it is longer than what is kept of it. */
	private long tooLongLine;

	/** The block's data lines, each with a line feed at its end. */
	private byte[] data = new byte[BUFFER_SIZE];

	private int dataLength;

	/** The block's only data line so far, while it is still in the buffer being read. */
	private int onlyLineFrom = -1;

	private int onlyLineTo;

	/**
	 * How much data the block has, line feeds included, once that is more than is kept.
	 */
	private long tooLargeData;

	private @Nullable String type;

	private String id;

	private String dispatchedId;

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
		this.id = lastEventId;
		this.dispatchedId = lastEventId;
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
		int position = this.started ? offset : skipByteOrderMark(bytes, offset, end);
		if (position < end && this.afterCarriageReturn) {
			this.afterCarriageReturn = false;
			position += (bytes[position] == '\n') ? 1 : 0;
		}
		while (position < end) {
			int lineEnd = lineEnd(bytes, position, end);
			if (lineEnd == end) {
				keep(bytes, position, end);
				break;
			}
			line(bytes, position, lineEnd);
			position = lineEnd + 1;
			if (bytes[lineEnd] == '\r') {
				if (position == end) {
					this.afterCarriageReturn = true;
				}
				else if (bytes[position] == '\n') {
					position++;
				}
			}
		}
		if (this.onlyLineFrom >= 0) {
			moveOnlyLine(bytes);
		}
	}

	// Eight bytes at a time: most of the time goes into looking for the ends of lines.
	private static int lineEnd(byte[] bytes, int from, int end) {
		int position = from;
		while (position <= end - Long.BYTES) {
			long word = (long) LONGS.get(bytes, position);
			long lineFeeds = word ^ LINE_FEEDS;
			long carriageReturns = word ^ CARRIAGE_RETURNS;
			long found = ((lineFeeds - ONES) & ~lineFeeds | (carriageReturns - ONES) & ~carriageReturns) & HIGH_BITS;
			if (found != 0) {
				return position + (Long.numberOfTrailingZeros(found) >>> 3);
			}
			position += Long.BYTES;
		}
		while (position < end && bytes[position] != '\n' && bytes[position] != '\r') {
			position++;
		}
		return position;
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
		if (this.tooLongLine > 0 || (long) this.partialLength + length > (long) this.maxEventSize + LINE_HEAD) {
			this.tooLongLine += (this.tooLongLine > 0) ? length : (long) this.partialLength + length;
			length = Math.min(length, Math.max(0, LINE_HEAD - this.partialLength));
		}
		if (this.partialLength + length > this.partial.length) {
			this.partial = grow(this.partial, this.partialLength + length);
		}
		System.arraycopy(bytes, from, this.partial, this.partialLength, length);
		this.partialLength += length;
	}

	private static byte[] grow(byte[] buffer, int needed) {
		return Arrays.copyOf(buffer, Math.max((int) Math.min(buffer.length * 2L, Integer.MAX_VALUE - 8), needed));
	}

	private void line(byte[] bytes, int from, int to) {
		if (this.partialLength == 0) {
			field(bytes, from, to, true);
			return;
		}
		keep(bytes, from, to);
		if (this.tooLongLine > 0) {
			tooLongLine();
		}
		else {
			field(this.partial, 0, this.partialLength, false);
		}
		this.partialLength = 0;
		this.tooLongLine = 0;
		if (this.partial.length > LARGEST_KEPT_BUFFER) {
			this.partial = new byte[BUFFER_SIZE];
		}
	}

	// Only a data line can make an event too large; any other line of that length is
	// nonsense, or a comment.
	private void tooLongLine() {
		if (hasName(this.partial, 0, DATA) && this.partial[DATA.length] == ':') {
			int name = DATA.length + ((this.partial[DATA.length + 1] == ' ') ? 2 : 1);
			tooLarge(this.tooLongLine - name);
		}
	}

	private void field(byte[] line, int from, int to, boolean inBuffer) {
		if (from == to) {
			dispatch(line);
			return;
		}
		int colon = from;
		while (colon < to && line[colon] != ':') {
			colon++;
		}
		int value = Math.min(colon + 1, to);
		if (value < to && line[value] == ' ') {
			value++;
		}
		switch (colon - from) {
			case 4 -> {
				if (hasName(line, from, DATA)) {
					data(line, value, to, inBuffer);
				}
			}
			case 2 -> {
				if (hasName(line, from, ID)) {
					id(line, value, to);
				}
			}
			case 5 -> {
				if (hasName(line, from, EVENT)) {
					this.type = (value < to) ? this.names.name(line, value, to) : null;
				}
				else if (hasName(line, from, RETRY)) {
					retry(line, value, to);
				}
			}
			default -> {
				// A comment, or a field that nobody knows: ignored, as the rules say.
			}
		}
	}

	private static boolean hasName(byte[] line, int from, byte[] name) {
		for (int i = 0; i < name.length; i++) {
			if (line[from + i] != name[i]) {
				return false;
			}
		}
		return true;
	}

	private void data(byte[] line, int from, int to, boolean inBuffer) {
		int length = to - from;
		if (inBuffer && this.dataLength == 0 && this.onlyLineFrom < 0 && this.tooLargeData == 0
				&& length <= this.maxEventSize) {
			this.onlyLineFrom = from;
			this.onlyLineTo = to;
			return;
		}
		if (this.onlyLineFrom >= 0) {
			moveOnlyLine(line);
		}
		append(line, from, to);
	}

	private void moveOnlyLine(byte[] buffer) {
		int from = this.onlyLineFrom;
		this.onlyLineFrom = -1;
		append(buffer, from, this.onlyLineTo);
	}

	private void append(byte[] line, int from, int to) {
		int length = to - from;
		if (this.tooLargeData > 0 || (long) this.dataLength + length > this.maxEventSize) {
			tooLarge(length);
			return;
		}
		if (this.dataLength + length + 1 > this.data.length) {
			this.data = grow(this.data, this.dataLength + length + 1);
		}
		System.arraycopy(line, from, this.data, this.dataLength, length);
		this.dataLength += length;
		this.data[this.dataLength++] = '\n';
	}

	private void tooLarge(long length) {
		this.tooLargeData += this.dataLength + length + 1;
		this.dataLength = 0;
	}

	private void id(byte[] line, int from, int to) {
		for (int i = from; i < to; i++) {
			if (line[i] == 0) {
				return;
			}
		}
		this.id = new String(line, from, to - from, StandardCharsets.UTF_8);
	}

	private void retry(byte[] line, int from, int to) {
		if (from == to) {
			return;
		}
		long millis = 0;
		for (int i = from; i < to; i++) {
			if (line[i] < '0' || line[i] > '9') {
				return;
			}
			// A number that no clock can hold is as long as the longest wait there is.
			millis = (i - from < LONGEST_RETRY) ? millis * 10 + line[i] - '0' : Long.MAX_VALUE;
		}
		this.handler.retry(Duration.ofMillis(millis));
	}

	private void dispatch(byte[] buffer) {
		String type = this.type;
		this.type = null;
		if (this.tooLargeData > 0) {
			long bytes = this.tooLargeData - 1;
			this.tooLargeData = 0;
			this.handler.tooLarge(type, bytes, this.id);
		}
		else if (this.onlyLineFrom >= 0) {
			byte[] data = Arrays.copyOfRange(buffer, this.onlyLineFrom, this.onlyLineTo);
			this.onlyLineFrom = -1;
			this.handler.event(new StreamItem.Frame(type, data, this.id));
		}
		else if (this.dataLength > 0) {
			byte[] data = Arrays.copyOf(this.data, this.dataLength - 1);
			this.dataLength = 0;
			this.handler.event(new StreamItem.Frame(type, data, this.id));
		}
		else if (!this.id.equals(this.dispatchedId)) {
			this.handler.position(this.id);
		}
		this.dispatchedId = this.id;
		if (this.data.length > LARGEST_KEPT_BUFFER) {
			this.data = new byte[BUFFER_SIZE];
		}
	}

	/**
	 * What blocks are handed to.
	 */
	interface Handler {

		/**
		 * A block with data has ended.
		 */
		void event(StreamItem.Frame frame);

		/**
		 * A block without data has ended, and with it the stream's id changed.
		 */
		void position(String lastEventId);

		/**
		 * The server says how long to wait before a reconnect.
		 */
		void retry(Duration delay);

		/**
		 * A block has ended whose data was too large to keep.
		 */
		void tooLarge(@Nullable String type, long bytes, String lastEventId);

	}

}
