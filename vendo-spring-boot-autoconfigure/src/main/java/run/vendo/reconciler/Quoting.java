package run.vendo.reconciler;

/**
 * How values are quoted in a dotenv file. Readers agree on values without double quotes,
 * backslashes, dollar signs and backticks; this decides about the others.
 *
 * @since 0.1.0
 */
public enum Quoting {

	/**
	 * The way of shells, which the readers for Node.js, Python, Ruby and Go follow for
	 * the most part: nothing in a value is expanded or executed, also when the file is
	 * sourced.
	 */
	SHELL,

	/**
	 * For readers that strip double quotes and take what is between them as it stands,
	 * like dotenv-java. A file written so must not be sourced by a shell: what looks like
	 * a variable or a command in a value would be expanded there. A value that such
	 * readers cannot be given is refused.
	 */
	LITERAL

}
