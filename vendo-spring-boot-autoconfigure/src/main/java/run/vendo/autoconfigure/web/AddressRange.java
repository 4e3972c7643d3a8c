package run.vendo.autoconfigure.web;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * An address, or all addresses that begin alike.
 *
 * @param address one of the addresses
 * @param prefix how many bits they share
 */
record AddressRange(byte[] address, int prefix) {

	private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

	/**
	 * Return the range that a text such as {@code 10.0.0.0/8} stands for.
	 * @throws IllegalArgumentException if it is none
	 */
	static AddressRange parse(String text) {
		int slash = text.indexOf('/');
		InetAddress address = address((slash >= 0) ? text.substring(0, slash) : text);
		if (address == null) {
			throw new IllegalArgumentException("It is neither an address nor a range such as 10.0.0.0/8.");
		}
		byte[] bytes = address.getAddress();
		int prefix = (slash >= 0) ? number(text.substring(slash + 1)) : bytes.length * 8;
		if (prefix < 0 || prefix > bytes.length * 8) {
			throw new IllegalArgumentException(
					"What follows the slash must be a number from 0 to %d.".formatted(bytes.length * 8));
		}
		return new AddressRange(bytes, prefix);
	}

	/**
	 * Return the address that a text stands for, without looking up any name.
	 */
	static @Nullable InetAddress address(String text) {
		String literal = text.strip().replaceFirst("%.*", "").replaceFirst("^\\[(.*)\\]$", "$1");
		if (!LITERAL.matcher(literal).matches()) {
			return null;
		}
		try {
			return InetAddress.getByName(literal);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	private static int number(String text) {
		return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
	}

	boolean contains(InetAddress other) {
		byte[] bytes = other.getAddress();
		if (bytes.length != this.address.length) {
			return false;
		}
		for (int bit = 0; bit < this.prefix; bit++) {
			int mask = 0x80 >> (bit % 8);
			if ((bytes[bit / 8] & mask) != (this.address[bit / 8] & mask)) {
				return false;
			}
		}
		return true;
	}

}
