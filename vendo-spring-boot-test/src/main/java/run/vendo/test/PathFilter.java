package run.vendo.test;

import org.jspecify.annotations.Nullable;

/**
 * Tells which requests something is about: all, those to one path, or, with {@code *} at
 * the end, those whose path begins with the rest.
 */
final class PathFilter {

	static final PathFilter ALL = new PathFilter(null);

	private final @Nullable String path;

	private PathFilter(@Nullable String path) {
		this.path = path;
	}

	static PathFilter of(String path) {
		if (!path.startsWith("/")) {
			throw new IllegalArgumentException("'%s' is not a path: it must begin with a slash".formatted(path));
		}
		return new PathFilter(path);
	}

	boolean matches(String path) {
		if (this.path == null) {
			return true;
		}
		return this.path.endsWith("*") ? path.startsWith(this.path.substring(0, this.path.length() - 1))
				: path.equals(this.path);
	}

	/**
	 * Return whether something that goes wrong meets a request. Probes and the connect
	 * portal are spared, unless they are named.
	 */
	boolean meets(Call call) {
		return (this.path != null) ? matches(call.path()) : !call.isSpared();
	}

	@Override
	public String toString() {
		return (this.path != null) ? this.path : "any path";
	}

}
