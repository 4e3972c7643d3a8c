package run.vendo.reconciler;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;

/**
 * A file, what it is to hold, and how the one is made to be like the other.
 */
final class Reconciliation {

	private final DotenvFile file;

	private final Dotenv dotenv;

	private final Supplier<? extends Map<String, String>> mapping;

	Reconciliation(DotenvFile file, Quoting quoting, Supplier<? extends Map<String, String>> mapping) {
		this.file = file;
		this.dotenv = new Dotenv(quoting);
		this.mapping = mapping;
	}

	Path path() {
		return this.file.path();
	}

	SortedMap<String, String> evaluate() {
		return this.dotenv.check(this.mapping.get());
	}

	/**
	 * Do something with the file while nobody else does.
	 */
	<T> T locked(DotenvFile.Locked<T> action) {
		try {
			return this.file.locked(action);
		}
		catch (IOException ex) {
			throw ErrorDetails.builder()
				.summary("The file %s cannot be written: %s".formatted(path(), reason(ex)))
				.nextStep("See that its directory exists, has room and can be written to.")
				.build()
				.toException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw ErrorDetails.of(ErrorCode.UPSTREAM_ERROR)
				.transportReason(TransportException.Reason.INTERRUPTED)
				.summary("The thread was interrupted while it waited for the file %s".formatted(path()))
				.build()
				.toException(ex);
		}
	}

	private static String reason(IOException failure) {
		return failure.getClass().getSimpleName() + ((failure.getMessage() != null) ? " " + failure.getMessage() : "");
	}

	SortedMap<String, String> read(DotenvFile.Access access) throws IOException {
		String text = access.read();
		return (text != null) ? this.dotenv.read(text) : new TreeMap<>();
	}

	/**
	 * Write the file if it differs in any way.
	 * @return whether it was written
	 */
	boolean write(DotenvFile.Access access, SortedMap<String, String> target) throws IOException {
		String text = this.dotenv.write(target);
		if (text.equals(access.read()) && !access.isExposed()) {
			return false;
		}
		access.write(text);
		return true;
	}

	static Set<String> differing(Map<String, String> before, Map<String, String> after) {
		Set<String> names = new TreeSet<>(before.keySet());
		names.addAll(after.keySet());
		names.removeIf((name) -> Objects.equals(before.get(name), after.get(name)));
		return names;
	}

	static Reconciler.Change change(Collection<String> names, Map<String, String> before, Map<String, String> after) {
		List<String> added = new ArrayList<>();
		List<String> removed = new ArrayList<>();
		List<String> changed = new ArrayList<>();
		for (String name : new TreeSet<>(names)) {
			if (!after.containsKey(name)) {
				removed.add(name);
			}
			else if (!before.containsKey(name)) {
				added.add(name);
			}
			else {
				changed.add(name);
			}
		}
		return new Reconciler.Change(added, removed, changed);
	}

	/**
	 * Return what may be said about a failure: our own words, and of others the kind and
	 * the place alone, because their words may repeat a value.
	 */
	static String describe(Throwable failure) {
		if (failure instanceof VendoException vendo) {
			return String.valueOf(vendo.getMessage());
		}
		StackTraceElement[] stack = failure.getStackTrace();
		return failure.getClass().getName() + ((stack.length > 0) ? " at " + stack[0] : "");
	}

}
