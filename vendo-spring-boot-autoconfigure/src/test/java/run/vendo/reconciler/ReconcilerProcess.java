package run.vendo.reconciler;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;

/**
 * Another process on the same file.
 */
final class ReconcilerProcess {

	static final int INCREMENTS = 25;

	private static final int VARIABLES = 200;

	private ReconcilerProcess() {
	}

	public static void main(String[] arguments) throws Exception {
		Path file = Path.of(arguments[1]);
		switch (arguments[0]) {
			case "count" -> count(file);
			case "big" -> big(file);
			case "forever" -> forever(file);
			default -> throw new IllegalArgumentException(arguments[0]);
		}
	}

	static List<String> command(String what, Path file) {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		return List.of(java, "-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
				System.getProperty("java.class.path"), ReconcilerProcess.class.getName(), what, file.toString());
	}

	/**
	 * Increment a number in the file, which goes wrong when somebody comes between.
	 */
	static void count(Path path) throws Exception {
		Dotenv dotenv = new Dotenv(Quoting.SHELL);
		DotenvFile file = new DotenvFile(path);
		for (int i = 0; i < INCREMENTS; i++) {
			file.locked((access) -> {
				String text = access.read();
				SortedMap<String, String> mapping = (text != null) ? dotenv.read(text) : new TreeMap<>();
				mapping.merge("N", "1", (one, other) -> String.valueOf(Integer.parseInt(one) + 1));
				access.write(dotenv.write(mapping));
				return mapping;
			});
		}
	}

	private static void big(Path file) {
		try (VendoClient client = VendoClient.builder().environment((name) -> null).build()) {
			client.reconciler().bootstrap(file, Map.of("A", "x".repeat(100_000)));
		}
		catch (VendoException ex) {
			System.out.println(ex.getMessage());
			System.exit(3);
		}
	}

	private static void forever(Path file) {
		try (VendoClient client = VendoClient.builder().environment((name) -> null).build()) {
			for (int round = 0; round < Integer.MAX_VALUE; round++) {
				Map<String, String> mapping = new TreeMap<>();
				for (int i = 0; i < VARIABLES; i++) {
					mapping.put("V" + i, String.valueOf(round));
				}
				client.reconciler().bootstrap(file, mapping);
				if (round == 1) {
					System.out.print('.');
					System.out.flush();
				}
			}
		}
	}

	/**
	 * Return whether a file is one of those that {@code forever} writes.
	 */
	static boolean isWhole(String text) {
		SortedMap<String, String> mapping = new Dotenv(Quoting.SHELL).read(text);
		return mapping.size() == VARIABLES && mapping.values().stream().distinct().count() == 1 && text.endsWith("\n");
	}

}
