package run.vendo.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Closing}.
 */
class ClosingTests {

	private final Closing closing = new Closing();

	@Test
	void onlyTheFirstClosingCounts() {
		assertThat(this.closing.isClosed()).isFalse();
		assertThat(this.closing.close()).isTrue();
		assertThat(this.closing.close()).isFalse();
		assertThat(this.closing.isClosed()).isTrue();
	}

	@Test
	void everySignalIsSilentUntilItIsClosed() {
		List<String> told = new ArrayList<>();
		this.closing.signal().subscribe(null, null, () -> told.add("one"));
		this.closing.signal().subscribe(null, null, () -> told.add("two"));
		assertThat(told).isEmpty();
		this.closing.close();
		assertThat(told).containsExactlyInAnyOrder("one", "two");
	}

	@Test
	void whoAsksAfterwardsIsToldAtOnce() {
		this.closing.close();
		StepVerifier.create(this.closing.signal()).verifyComplete();
	}

	@Test
	void whoAsksWhileItIsClosedIsTold() throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			for (int round = 0; round < 2_000; round++) {
				Closing contended = new Closing();
				CountDownLatch start = new CountDownLatch(1);
				Future<Mono<Void>> signal = executor.submit(() -> {
					start.await();
					return contended.signal();
				});
				Future<Boolean> closed = executor.submit(() -> {
					start.await();
					return contended.close();
				});
				start.countDown();
				assertThat(closed.get(30, TimeUnit.SECONDS)).isTrue();
				StepVerifier.create(signal.get(30, TimeUnit.SECONDS)).verifyComplete();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

}
