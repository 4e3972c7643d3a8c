package run.vendo.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * Lets many forged webhooks come at once, each as large as is read at most, and looks at
 * the heap when all but the last byte of each has been read.
 */
public final class WebhookFloodCheck {

	private static final int AT_ONCE = 64;

	private static final int SIZE = 1024 * 1024;

	private static final int SMOKE_SIZE = 64 * 1024;

	private static final double TARGET = 2;

	private WebhookFloodCheck() {
	}

	static List<Row> run(Options options) throws IOException, InterruptedException {
		Benchmarks.progress("flood of forged webhooks");
		int size = options.smoke() ? SMOKE_SIZE : SIZE;
		Properties result = ChildJvm.run(ChildJvm.withStarter(), options.smoke() ? ChildJvm.SMOKE : List.of("-Xmx512m"),
				WebhookFloodCheck.class, Integer.toString(size));
		double held = Double.parseDouble(result.getProperty("held"));
		int refused = Integer.parseInt(result.getProperty("refused"));
		long handled = Long.parseLong(result.getProperty("handled"));
		double ratio = held / ((double) AT_ONCE * size);
		return List.of(
				Row.once("%d forged webhooks of %,d KiB at once: heap they hold".formatted(AT_ONCE, size / 1024),
						"their bytes", "≤ " + Row.number(TARGET) + "×", Row.number(ratio) + "×",
						"%s MiB held, %s MiB at most with garbage, %s MiB left afterwards".formatted(mebibytes(held),
								mebibytes(Double.parseDouble(result.getProperty("peak"))),
								mebibytes(Double.parseDouble(result.getProperty("left")))),
						ratio <= TARGET),
				Row.exact("forged webhooks that are refused ahead of the handler", "all of them", "exactly " + AT_ONCE,
						Integer.toString(refused), "%d calls of the handler".formatted(handled),
						refused == AT_ONCE && handled == 0));
	}

	private static String mebibytes(double bytes) {
		return Row.number(bytes / 1024 / 1024);
	}

	/**
	 * Send the webhooks and tell about the heap.
	 * @param args how large each is
	 * @throws Exception if something does not work, which is no result
	 */
	public static void main(String[] args) throws Exception {
		int size = Integer.parseInt(args[0]);
		byte[] body = new byte[size];
		Arrays.fill(body, (byte) ' ');
		try (ServletWebServerApplicationContext context = HookApplication.start(Counting.class)) {
			int port = HookApplication.port(context);
			BytesRead bytes = context.getBean(BytesRead.class);
			// What the first requests load is not theirs.
			flood(port, body, bytes);
			long before = heap();
			pools().forEach(MemoryPoolMXBean::resetPeakUsage);
			Result result = flood(port, body, bytes);
			ChildJvm.result("peak", pools().stream().mapToLong((pool) -> pool.getPeakUsage().getUsed()).sum());
			ChildJvm.result("held", result.heap() - before);
			ChildJvm.result("left", heap() - before);
			ChildJvm.result("refused", result.refused());
			ChildJvm.result("handled", context.getBean(HookApplication.class).calls());
		}
		System.exit(0);
	}

	private static Result flood(int port, byte[] body, BytesRead bytes) throws IOException, InterruptedException {
		CountDownLatch read = bytes.await(AT_ONCE * (body.length - 1L));
		List<Socket> sockets = new ArrayList<>();
		List<Thread> senders = new ArrayList<>();
		try {
			for (int i = 0; i < AT_ONCE; i++) {
				Socket socket = new Socket("127.0.0.1", port);
				sockets.add(socket);
				Thread sender = new Thread(() -> sendAllButOneByte(socket, body), "sender-" + i);
				senders.add(sender);
				sender.start();
			}
			if (!read.await(60, TimeUnit.SECONDS)) {
				throw new IllegalStateException("The bodies were not read");
			}
			for (Thread sender : senders) {
				sender.join();
			}
			long heap = heap();
			for (Socket socket : sockets) {
				socket.getOutputStream().write(body, body.length - 1, 1);
				socket.getOutputStream().flush();
			}
			int refused = 0;
			for (Socket socket : sockets) {
				refused += isRefused(socket) ? 1 : 0;
			}
			return new Result(heap, refused);
		}
		finally {
			for (Socket socket : sockets) {
				socket.close();
			}
		}
	}

	private static void sendAllButOneByte(Socket socket, byte[] body) {
		String head = """
				POST %s HTTP/1.1
				Host: localhost
				Connection: close
				Content-Type: application/json
				Content-Length: %d
				Vendo-Timestamp: %d
				Vendo-Signature: %s

				""".formatted(HookApplication.VERIFIED, body.length, System.currentTimeMillis() / 1000, "0".repeat(64));
		try {
			socket.getOutputStream().write(head.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
			socket.getOutputStream().write(body, 0, body.length - 1);
			socket.getOutputStream().flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isRefused(Socket socket) throws IOException {
		BufferedReader reader = new BufferedReader(
				new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
		String status = reader.readLine();
		return status != null && status.startsWith("HTTP/1.1 400");
	}

	private static List<MemoryPoolMXBean> pools() {
		return ManagementFactory.getMemoryPoolMXBeans()
			.stream()
			.filter((pool) -> pool.getType() == MemoryType.HEAP)
			.toList();
	}

	private static long heap() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	private record Result(long heap, int refused) {
	}

	/**
	 * Tells when so many bytes have been read.
	 */
	static final class BytesRead {

		private final AtomicLong missing = new AtomicLong();

		private volatile CountDownLatch latch = new CountDownLatch(1);

		CountDownLatch await(long bytes) {
			this.missing.set(bytes);
			this.latch = new CountDownLatch(1);
			return this.latch;
		}

		void add(long bytes) {
			if (this.missing.addAndGet(-bytes) <= 0) {
				this.latch.countDown();
			}
		}

	}

	/**
	 * Counts what is read of requests.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Counting {

		@Bean
		BytesRead bytesRead() {
			return new BytesRead();
		}

		@Bean
		FilterRegistrationBean<CountingFilter> countingFilter(BytesRead bytes) {
			FilterRegistrationBean<CountingFilter> registration = new FilterRegistrationBean<>(
					new CountingFilter(bytes));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

	}

	/**
	 * Counts ahead of all other filters.
	 *
	 * @param bytes the count
	 */
	record CountingFilter(BytesRead bytes) implements Filter {

		@Override
		public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			chain.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {

				@Override
				public ServletInputStream getInputStream() throws IOException {
					return new CountingStream(super.getInputStream(), CountingFilter.this.bytes);
				}

			}, response);
		}

	}

	/**
	 * Counts what is read.
	 */
	private static final class CountingStream extends ServletInputStream {

		private final ServletInputStream stream;

		private final BytesRead bytes;

		CountingStream(ServletInputStream stream, BytesRead bytes) {
			this.stream = stream;
			this.bytes = bytes;
		}

		@Override
		public int read() throws IOException {
			int read = this.stream.read();
			this.bytes.add((read >= 0) ? 1 : 0);
			return read;
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			int read = this.stream.read(buffer, offset, length);
			this.bytes.add(Math.max(read, 0));
			return read;
		}

		@Override
		public boolean isFinished() {
			return this.stream.isFinished();
		}

		@Override
		public boolean isReady() {
			return this.stream.isReady();
		}

		@Override
		public void setReadListener(ReadListener listener) {
			this.stream.setReadListener(listener);
		}

	}

}
