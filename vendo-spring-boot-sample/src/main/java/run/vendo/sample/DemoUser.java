package run.vendo.sample;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The people of the demo.
 */
enum DemoUser {

	ALICE("Alice"), BOB("Bob");

	private final String words;

	DemoUser(String words) {
		this.words = words;
	}

	static Optional<DemoUser> of(@Nullable String id) {
		return Arrays.stream(values()).filter((user) -> user.id().equals(id)).findFirst();
	}

	public String id() {
		return name().toLowerCase(Locale.ROOT);
	}

	public String words() {
		return this.words;
	}

}
