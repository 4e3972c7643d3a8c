package run.vendo.reconciler;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A file that is whole at any moment, and nobody's but its owner's. Beside it lies a lock
 * file, which keeps writers apart and remembers the names that nobody was told of yet.
 */
class DotenvFile {

	private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

	private static final int MAX_LINKS = 40;

	// The lock of a file belongs to the whole virtual machine, so that threads need one
	// among themselves.
	private static final Map<Path, ReentrantLock> THREAD_LOCKS = new ConcurrentHashMap<>();

	private final Path path;

	DotenvFile(Path path) {
		this.path = path.toAbsolutePath();
	}

	Path path() {
		return this.path;
	}

	/**
	 * Do something while no other thread or process does something to the same file.
	 */
	<T> T locked(Locked<T> action) throws IOException, InterruptedException {
		Path target = target();
		if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)
				&& !Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
			throw new IOException(target + " is not a regular file");
		}
		ReentrantLock threadLock = THREAD_LOCKS.computeIfAbsent(target, (path) -> new ReentrantLock());
		threadLock.lockInterruptibly();
		try (FileChannel channel = openLock(target); FileLock lock = channel.lock()) {
			Objects.requireNonNull(lock);
			return action.run(new Access(target, channel));
		}
		finally {
			threadLock.unlock();
		}
	}

	// A link stays what it is: the file it points to is the one that is replaced.
	private Path target() throws IOException {
		Path target = this.path;
		for (int links = 0; Files.isSymbolicLink(target); links++) {
			if (links == MAX_LINKS) {
				throw new FileSystemLoopException(this.path.toString());
			}
			target = target.resolveSibling(Files.readSymbolicLink(target));
		}
		Path directory = Objects.requireNonNull(target.getParent(), "No file has no directory").toRealPath();
		return directory.resolve(Objects.requireNonNull(target.getFileName()));
	}

	private static FileChannel openLock(Path target) throws IOException {
		Path lock = target.resolveSibling(target.getFileName() + ".lock");
		Set<OpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE,
				LinkOption.NOFOLLOW_LINKS);
		return FileChannel.open(lock, options, ownerOnly(lock));
	}

	private static FileAttribute<?>[] ownerOnly(Path path) {
		return isPosix(path) ? new FileAttribute<?>[] { PosixFilePermissions.asFileAttribute(OWNER_ONLY) }
				: new FileAttribute<?>[0];
	}

	private static boolean isPosix(Path path) {
		return path.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	/**
	 * Write the bytes. A method of its own so that a test can have it fail.
	 */
	void write(FileChannel channel, ByteBuffer bytes) throws IOException {
		while (bytes.hasRemaining()) {
			channel.write(bytes);
		}
	}

	/**
	 * Put the new file in the place of the old one. A method of its own so that a test
	 * can have it fail.
	 */
	void replace(Path temporary, Path target) throws IOException {
		Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	/**
	 * Something that is done while the file is locked.
	 *
	 * @param <T> what comes of it
	 */
	@FunctionalInterface
	interface Locked<T> {

		T run(Access access) throws IOException;

	}

	/**
	 * The file, while it is locked.
	 */
	final class Access {

		private final Path target;

		private final FileChannel lock;

		private Access(Path target, FileChannel lock) {
			this.target = target;
			this.lock = lock;
		}

		/**
		 * Return what is in the file, or {@code null} when there is none.
		 */
		@Nullable String read() throws IOException {
			try {
				return new String(Files.readAllBytes(this.target), StandardCharsets.UTF_8);
			}
			catch (NoSuchFileException ex) {
				return null;
			}
		}

		/**
		 * Return whether others than the owner have access to the file.
		 */
		boolean isExposed() throws IOException {
			return isPosix(this.target) && Files.exists(this.target)
					&& !OWNER_ONLY.containsAll(Files.getPosixFilePermissions(this.target));
		}

		void write(String text) throws IOException {
			Path directory = Objects.requireNonNull(this.target.getParent());
			removeLeftovers(directory);
			Path temporary = Files.createTempFile(directory, "." + this.target.getFileName() + ".", ".tmp",
					ownerOnly(this.target));
			try {
				restrict(temporary);
				try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
					DotenvFile.this.write(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
					channel.force(true);
				}
				replace(temporary, this.target);
			}
			finally {
				Files.deleteIfExists(temporary);
			}
			sync(directory);
		}

		/**
		 * Return the names that nobody was told of yet.
		 */
		List<String> untold() throws IOException {
			ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(this.lock.size(), 1 << 20));
			int position = 0;
			while (bytes.hasRemaining() && position >= 0) {
				position = this.lock.read(bytes, bytes.position());
			}
			return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).lines()
				.filter(Dotenv::isName)
				.toList();
		}

		/**
		 * Remember names that somebody has to be told of, whoever is the next to lock.
		 */
		void untold(Set<String> names) throws IOException {
			byte[] bytes = String.join("\n", names).getBytes(StandardCharsets.UTF_8);
			if (this.lock.size() == 0 && bytes.length == 0) {
				return;
			}
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			while (buffer.hasRemaining()) {
				this.lock.write(buffer, buffer.position());
			}
			this.lock.truncate(bytes.length);
			this.lock.force(true);
		}

		// Nobody else writes at present, so that these are of a process that was killed.
		private void removeLeftovers(Path directory) throws IOException {
			Pattern temporary = Pattern.compile(Pattern.quote("." + this.target.getFileName() + ".") + "\\d+\\.tmp");
			try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(directory,
					(path) -> temporary.matcher(String.valueOf(path.getFileName())).matches())) {
				for (Path leftover : leftovers) {
					Files.deleteIfExists(leftover);
				}
			}
		}

		private static void restrict(Path file) throws IOException {
			AclFileAttributeView view = isPosix(file) ? null
					: Files.getFileAttributeView(file, AclFileAttributeView.class);
			if (view != null) {
				view.setAcl(List.of(AclEntry.newBuilder()
					.setType(AclEntryType.ALLOW)
					.setPrincipal(view.getOwner())
					.setPermissions(EnumSet.allOf(AclEntryPermission.class))
					.build()));
			}
		}

		// The new file is in its place already. Where a directory cannot be forced to
		// disk, there is nothing more to be done.
		private static void sync(Path directory) {
			try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
				channel.force(true);
			}
			catch (IOException ex) {
				// See above.
			}
		}

	}

}
