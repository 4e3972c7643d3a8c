package run.vendo.reconciler;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;

/**
 * The text of a dotenv file.
 */
final class Dotenv {

	private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

	private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:@%+,=-]*");

	private static final Pattern ASSIGNMENT = Pattern
		.compile("(?m)^[ \\t]*(?:export[ \\t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \\t]*=[ \\t]*");

	private final Quoting quoting;

	Dotenv(Quoting quoting) {
		this.quoting = quoting;
	}

	static boolean isName(@Nullable String name) {
		return name != null && NAME.matcher(name).matches();
	}

	/**
	 * Return a sorted copy of a mapping all of whose names and values can be written.
	 */
	SortedMap<String, String> check(@Nullable Map<String, ? extends @Nullable String> mapping) {
		if (mapping == null) {
			throw invalid("The mapping is null", "Return an empty mapping to have an empty file.");
		}
		SortedMap<String, String> checked = new TreeMap<>();
		mapping.forEach((name, value) -> {
			if (!isName(name)) {
				throw invalid("'%s' cannot be the name of an environment variable".formatted(name),
						"Use letters, digits and underscores, and no digit first.");
			}
			if (value != null) {
				checked.put(name, value);
				encode(name, value);
			}
		});
		return checked;
	}

	String write(SortedMap<String, String> mapping) {
		StringBuilder text = new StringBuilder();
		mapping.forEach((name, value) -> text.append(name).append('=').append(encode(name, value)).append('\n'));
		return text.toString();
	}

	/**
	 * Read a file that was written here; one that was not is read as far as it goes,
	 * since all that follows from it is which names are told to have changed.
	 */
	SortedMap<String, String> read(String text) {
		SortedMap<String, String> mapping = new TreeMap<>();
		Matcher assignment = ASSIGNMENT.matcher(text);
		int from = 0;
		while (assignment.find(from)) {
			StringBuilder value = new StringBuilder();
			from = readValue(text, assignment.end(), value);
			mapping.put(assignment.group(1), value.toString());
		}
		return mapping;
	}

	private int readValue(String text, int start, StringBuilder value) {
		char quote = (start < text.length()) ? text.charAt(start) : '\n';
		if (quote != '"' && quote != '\'') {
			int end = text.indexOf('\n', start);
			end = (end >= 0) ? end : text.length();
			value.append(text.substring(start, end).strip());
			return end;
		}
		boolean escapes = quote == '"' && this.quoting == Quoting.SHELL;
		int position = start + 1;
		while (position < text.length() && text.charAt(position) != quote) {
			boolean escaped = escapes && text.charAt(position) == '\\' && position + 1 < text.length()
					&& isHard(text.charAt(position + 1));
			position += escaped ? 1 : 0;
			value.append(text.charAt(position++));
		}
		return Math.min(position + 1, text.length());
	}

	private String encode(String name, String value) {
		if (value.indexOf('\0') >= 0) {
			throw invalid("The value of %s has a NUL character, which no environment variable can hold".formatted(name),
					"Encode the value, for example as Base64.");
		}
		if (PLAIN.matcher(value).matches()) {
			return value;
		}
		return (this.quoting == Quoting.SHELL) ? encodeForShells(value) : encodeLiterally(name, value);
	}

	// A reader that unescapes within single quotes would take a backslash at the end for
	// one that escapes the quote.
	private static String encodeForShells(String value) {
		if (value.chars().noneMatch(Dotenv::isHard)) {
			return '"' + value + '"';
		}
		if (value.indexOf('\'') < 0 && !value.endsWith("\\")) {
			return "'" + value + "'";
		}
		StringBuilder escaped = new StringBuilder("\"");
		value.chars().forEach((character) -> {
			if (isHard(character)) {
				escaped.append('\\');
			}
			escaped.append((char) character);
		});
		return escaped.append('"').toString();
	}

	private static String encodeLiterally(String name, String value) {
		boolean lineBreak = value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0;
		if (value.indexOf('"') < 0) {
			if (!lineBreak || (value.indexOf('\r') < 0 && !value.startsWith("\n") && !hasEarlyHash(value))) {
				return '"' + value + '"';
			}
		}
		else if (!lineBreak && value.indexOf('#') < 0 && !value.startsWith("\"") && !value.endsWith("\"")
				&& !value.startsWith("'") && value.strip().equals(value)) {
			return value;
		}
		throw invalid("The value of %s cannot be written for a reader that takes values literally".formatted(name),
				"Use the quoting of shells, or encode the value, for example as Base64.");
	}

	// Such readers put lines together until a quote closes, and take a hash in what they
	// have so far for a comment.
	private static boolean hasEarlyHash(String value) {
		int lastLine = value.lastIndexOf('\n');
		int lastLineButOne = value.lastIndexOf('\n', lastLine - 1);
		int hash = value.indexOf('#');
		return hash >= 0 && hash < lastLineButOne;
	}

	private static boolean isHard(int character) {
		return character == '"' || character == '\\' || character == '$' || character == '`';
	}

	private static VendoException invalid(String problem, String remedy) {
		return ErrorDetails.of(ErrorCode.VALIDATION_FAILED).summary(problem).nextStep(remedy).toException();
	}

}
