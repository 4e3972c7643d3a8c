package run.vendo.reconciler;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Attacks on the file: disks that fail, links that lead astray, others who write too.
 */
class DotenvFileTests {

	private final ReconcilerApi api = VendoClient.builder().environment((name) -> null).build().reconciler();

	@TempDir
	Path directory;

	private Path file() {
		return this.directory.resolve(".env");
	}

	@Test
	void bootstrapWritesTheFileOnceAndTellsWhatIsDifferent() throws IOException {
		assertThat(this.api.bootstrap(file(), Map.of("B", "2", "A", "1")))
			.isEqualTo(new Reconciler.Change(List.of("A", "B"), List.of(), List.of()));
		assertThat(file()).hasContent("A=1\nB=2\n");
		Object key = Files.readAttributes(file(), java.nio.file.attribute.BasicFileAttributes.class).fileKey();
		assertThat(this.api.bootstrap(file(), Map.of("A", "1", "B", "2")).isEmpty()).isTrue();
		assertThat(Files.readAttributes(file(), java.nio.file.attribute.BasicFileAttributes.class).fileKey())
			.as("not written again")
			.isEqualTo(key);
		assertThat(this.api.bootstrap(file(), Map.of("A", "0", "C", "3")))
			.isEqualTo(new Reconciler.Change(List.of("C"), List.of("B"), List.of("A")));
		assertThat(file()).hasContent("A=0\nC=3\n");
	}

	@Test
	void anEmptyMappingIsAnEmptyFile() {
		this.api.bootstrap(file(), Map.of());
		assertThat(file()).isEmptyFile();
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void nobodyButTheOwnerHasAccessFromTheBeginning() throws IOException {
		List<String> temporary = new ArrayList<>();
		DotenvFile watched = new DotenvFile(file()) {

			@Override
			void write(FileChannel channel, ByteBuffer bytes) throws IOException {
				try (Stream<Path> files = Files.list(DotenvFileTests.this.directory)) {
					for (Path file : files.filter((file) -> file.toString().endsWith(".tmp")).toList()) {
						temporary.add(permissions(file));
						assertThat(file).as("before the first byte").isEmptyFile();
					}
				}
				super.write(channel, bytes);
			}

		};
		write(watched, "A=1\n");
		assertThat(temporary).containsExactly("rw-------");
		assertThat(permissions(file())).isEqualTo("rw-------");
		assertThat(permissions(this.directory.resolve(".env.lock"))).isEqualTo("rw-------");
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void aFileThatOthersCouldReadIsTheOwnersAloneAfterwards() throws IOException {
		Files.writeString(file(), "A=1\n");
		Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
		assertThat(this.api.bootstrap(file(), Map.of("A", "1")).isEmpty()).isTrue();
		assertThat(permissions(file())).isEqualTo("rw-------");
		assertThat(file()).hasContent("A=1\n");
	}

	@Test
	void whenWritingFailsHalfwayThenTheOldFileStaysAndNothingIsLeftBehind() throws IOException {
		this.api.bootstrap(file(), Map.of("A", "old"));
		DotenvFile failing = new DotenvFile(file()) {

			@Override
			void write(FileChannel channel, ByteBuffer bytes) throws IOException {
				bytes.limit(3);
				super.write(channel, bytes);
				throw new IOException("No space left on device");
			}

		};
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> write(failing, "A=new\n"));
		assertOnlyTheOldFileIsThere();
	}

	@Test
	void whenRenamingFailsThenTheOldFileStaysAndNothingIsLeftBehind() throws IOException {
		this.api.bootstrap(file(), Map.of("A", "old"));
		DotenvFile failing = new DotenvFile(file()) {

			@Override
			void replace(Path temporary, Path target) throws IOException {
				assertThat(temporary).hasContent("A=new\n");
				throw new IOException("Input/output error");
			}

		};
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> write(failing, "A=new\n"));
		assertOnlyTheOldFileIsThere();
	}

	@Test
	void whenTheThreadIsInterruptedWhileItWritesThenTheOldFileStays() throws IOException {
		this.api.bootstrap(file(), Map.of("A", "old"));
		DotenvFile interrupted = new DotenvFile(file()) {

			@Override
			void write(FileChannel channel, ByteBuffer bytes) throws IOException {
				Thread.currentThread().interrupt();
				super.write(channel, bytes);
			}

		};
		try {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> write(interrupted, "A=new\n"));
		}
		finally {
			assertThat(Thread.interrupted()).isTrue();
		}
		assertOnlyTheOldFileIsThere();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenTheDiskIsFullThenTheOldFileStaysAndNothingIsLeftBehind() throws Exception {
		this.api.bootstrap(file(), Map.of("A", "old"));
		// No file larger than a block may be written: what a full disk is to a process.
		String command = "ulimit -f 1; exec \"$0\" \"$@\"";
		List<String> arguments = new ArrayList<>(List.of("sh", "-c", command));
		arguments.addAll(ReconcilerProcess.command("big", file()));
		Process process = new ProcessBuilder(arguments).redirectErrorStream(true).start();
		// Not into a file, which could not be larger than a block either.
		CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
		try {
			assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(process.exitValue()).as(output.get(20, TimeUnit.SECONDS)).isEqualTo(3);
		assertThat(output.get()).contains("cannot be written");
		assertOnlyTheOldFileIsThere();
	}

	private static String read(InputStream stream) {
		try {
			return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void aProcessThatIsKilledNeverLeavesHalfAFile() throws Exception {
		for (int round = 0; round < 3; round++) {
			Process process = new ProcessBuilder(ReconcilerProcess.command("forever", file())).start();
			try {
				// It says so when it is at work.
				assertThat(process.getInputStream().read()).isEqualTo('.');
				for (int i = 0; i < 200 * (round + 1); i++) {
					assertThat(ReconcilerProcess.isWhole(Files.readString(file()))).isTrue();
				}
			}
			finally {
				process.destroyForcibly();
			}
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			assertThat(ReconcilerProcess.isWhole(Files.readString(file()))).isTrue();
		}
		this.api.bootstrap(file(), Map.of("A", "old"));
		assertOnlyTheOldFileIsThere();
	}

	@Test
	void aDirectoryThatIsNotThereIsExplainedAndNotMade() {
		Path missing = this.directory.resolve("missing");
		assertThatExceptionOfType(VendoException.class)
			.isThrownBy(() -> this.api.bootstrap(missing.resolve(".env"), Map.of("A", "cAnArY")))
			.withMessageContaining("cannot be written")
			.withMessageContaining("See that its directory exists")
			.withMessageNotContaining("cAnArY");
		assertThat(missing).doesNotExist();
	}

	@Test
	void whatIsNoFileIsNotReplaced() throws IOException {
		Files.createDirectory(file());
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.api.bootstrap(file(), Map.of("A", "1")))
			.withMessageContaining("is not a regular file");
		assertThat(file()).isEmptyDirectory();
		Path inFile = Files.writeString(this.directory.resolve("plain"), "x").resolve(".env");
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.api.bootstrap(inFile, Map.of("A", "1")));
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void aLinkStaysALinkAndTheFileItPointsToIsReplaced() throws IOException {
		Path elsewhere = Files.createDirectory(this.directory.resolve("elsewhere"));
		Path target = Files.writeString(elsewhere.resolve("real.env"), "A=0\n");
		Files.createSymbolicLink(this.directory.resolve("hop"), Path.of("elsewhere/real.env"));
		Files.createSymbolicLink(file(), Path.of("hop"));
		assertThat(this.api.bootstrap(file(), Map.of("A", "1")).changed()).containsExactly("A");
		assertThat(file()).isSymbolicLink();
		assertThat(target).hasContent("A=1\n").isRegularFile();
		assertThat(permissions(target)).isEqualTo("rw-------");
		Files.delete(target);
		this.api.bootstrap(file(), Map.of("A", "2"));
		assertThat(target).as("a link that points to nothing yet").hasContent("A=2\n");
		assertThat(file()).isSymbolicLink();
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void linksThatGoInCirclesAreExplained() throws IOException {
		Files.createSymbolicLink(file(), Path.of("other"));
		Files.createSymbolicLink(this.directory.resolve("other"), Path.of(".env"));
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.api.bootstrap(file(), Map.of("A", "1")))
			.withMessageContaining("FileSystemLoopException");
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void aLockFileThatIsALinkIsNotFollowed() throws IOException {
		Path victim = Files.writeString(this.directory.resolve("victim"), "precious");
		Files.createSymbolicLink(this.directory.resolve(".env.lock"), victim);
		assertThatExceptionOfType(VendoException.class).isThrownBy(() -> this.api.bootstrap(file(), Map.of("A", "1")));
		assertThat(victim).hasContent("precious");
	}

	@Test
	void threadsAndProcessesWriteOneAfterTheOther() throws Exception {
		int threads = 4;
		List<Process> processes = new ArrayList<>();
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			for (int i = 0; i < 2; i++) {
				processes.add(new ProcessBuilder(ReconcilerProcess.command("count", file())).redirectErrorStream(true)
					.start());
			}
			CyclicBarrier together = new CyclicBarrier(threads);
			List<Callable<Void>> tasks = java.util.Collections.nCopies(threads, () -> {
				together.await(30, TimeUnit.SECONDS);
				ReconcilerProcess.count(file());
				return null;
			});
			for (Future<Void> task : executor.invokeAll(tasks)) {
				task.get(120, TimeUnit.SECONDS);
			}
			for (Process process : processes) {
				assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue())
					.as(() -> new String(read(process), java.nio.charset.StandardCharsets.UTF_8))
					.isZero();
			}
		}
		finally {
			executor.shutdownNow();
			processes.forEach(Process::destroyForcibly);
		}
		// An increment is lost if two read before either writes.
		assertThat(file()).hasContent("N=" + (threads + 2) * ReconcilerProcess.INCREMENTS + "\n");
	}

	private static byte[] read(Process process) {
		try {
			return process.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			throw new java.io.UncheckedIOException(ex);
		}
	}

	private void assertOnlyTheOldFileIsThere() throws IOException {
		assertThat(file()).hasContent("A=old\n");
		try (Stream<Path> files = Files.list(this.directory)) {
			assertThat(files.map((file) -> file.getFileName().toString())).containsExactlyInAnyOrder(".env",
					".env.lock");
		}
	}

	private static void write(DotenvFile file, String text) throws IOException {
		AtomicReference<InterruptedException> interrupted = new AtomicReference<>();
		try {
			file.locked((access) -> {
				access.write(text);
				return text;
			});
		}
		catch (InterruptedException ex) {
			interrupted.set(ex);
		}
		assertThat(interrupted.get()).isNull();
	}

	private static String permissions(Path file) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
	}

}
