package run.vendo.autoconfigure.web;

import org.jspecify.annotations.Nullable;

/**
 * The user of the request that the current thread works on.
 */
final class CurrentUser {

	private static final ThreadLocal<@Nullable RequestUser> current = new ThreadLocal<>();

	private CurrentUser() {
	}

	static @Nullable RequestUser get() {
		return current.get();
	}

	static void set(@Nullable RequestUser user) {
		if (user != null) {
			current.set(user);
		}
		else {
			current.remove();
		}
	}

	static void clear() {
		current.remove();
	}

	/**
	 * Return the user of the current thread.
	 * @throws IllegalStateException outside a request
	 */
	static RequestUser require() {
		RequestUser user = get();
		if (user == null) {
			throw outsideARequest();
		}
		return user;
	}

	static IllegalStateException outsideARequest() {
		return new IllegalStateException("There is no request on the thread '%s', so there is no user to act for. "
			.formatted(Thread.currentThread().getName())
				+ "Name the user with VendoClient.forUser(jwt), or take '@ForRequest VendoClient' as a parameter of the "
				+ "controller method and hand that on.");
	}

}
