package run.vendo.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Remembers the few names that events have, so that reading one does not make another
 * string each time.
 */
final class EventNames {

	private static final int SIZE = 64;

	private static final int LONGEST = 64;

	private final byte[][] bytes = new byte[SIZE][];

	private final String[] names = new String[SIZE];

	String name(byte[] line, int from, int to) {
		int length = to - from;
		if (length > LONGEST) {
			return new String(line, from, length, StandardCharsets.UTF_8);
		}
		// Two names that share a slot take turns in it, which costs no more than having
		// no memory.
		int slot = (length * 31 + line[to - 1] * 7 + line[from + length / 2]) & SIZE - 1;
		byte[] known = this.bytes[slot];
		if (known != null && Arrays.equals(known, 0, known.length, line, from, to)) {
			return this.names[slot];
		}
		String name = new String(line, from, length, StandardCharsets.UTF_8);
		this.bytes[slot] = Arrays.copyOfRange(line, from, to);
		this.names[slot] = name;
		return name;
	}

}
