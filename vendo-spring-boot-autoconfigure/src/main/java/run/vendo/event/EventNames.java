package run.vendo.event;

import java.nio.charset.StandardCharsets;

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
		int hash = length;
		for (int i = from; i < to; i++) {
			hash = hash * 31 + line[i];
		}
		int slot = (hash ^ hash >>> 16) & SIZE - 1;
		byte[] known = this.bytes[slot];
		if (known != null && java.util.Arrays.equals(known, 0, known.length, line, from, to)) {
			return this.names[slot];
		}
		String name = new String(line, from, length, StandardCharsets.UTF_8);
		this.bytes[slot] = java.util.Arrays.copyOfRange(line, from, to);
		this.names[slot] = name;
		return name;
	}

}
