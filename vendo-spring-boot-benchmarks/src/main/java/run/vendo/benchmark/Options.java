package run.vendo.benchmark;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How much to measure.
 *
 * @param only what to measure, all if empty
 * @param rounds how often each micro-benchmark runs in a process of its own
 * @param startups how often each application is started
 * @param callers how many ask for one cold token at once
 * @param users how many users ask for a token each
 * @param events how many events go through the bridge
 * @param smoke whether each benchmark only runs once, to see that it works
 */
record Options(Set<String> only, int rounds, int startups, int callers, int users, int events, boolean smoke) {

	static final Set<String> SECTIONS = Set.of("token", "single-flight", "list", "webhook", "handler", "flood",
			"startup", "growth", "events", "bridge");

	static Options of(String... arguments) {
		Map<String, String> given = new LinkedHashMap<>();
		for (String argument : arguments) {
			String[] parts = argument.split("=", 2);
			given.put(parts[0], (parts.length == 2) ? parts[1] : "true");
		}
		boolean smoke = given.remove("--smoke") != null;
		String only = given.remove("--only");
		Options options = new Options((only != null) ? Set.of(only.split(",")) : Set.of(),
				number(given, "--rounds", smoke ? 1 : 5), number(given, "--startups", smoke ? 1 : 20),
				number(given, "--callers", 1_000), number(given, "--users", smoke ? 1_500 : 100_000),
				number(given, "--events", smoke ? 2_000 : 1_000_000), smoke);
		if (!given.isEmpty() || !SECTIONS.containsAll(options.only())) {
			throw new IllegalArgumentException(
					"Not understood: %s. There is --only=<some of %s>, --rounds=, --startups=, --callers=, --users=, --events=, --smoke"
						.formatted(Arrays.toString(arguments), SECTIONS));
		}
		return options;
	}

	private static int number(Map<String, String> given, String name, int otherwise) {
		String value = given.remove(name);
		return (value != null) ? Integer.parseInt(value) : otherwise;
	}

	boolean includes(String section) {
		return this.only.isEmpty() || this.only.contains(section);
	}

}
