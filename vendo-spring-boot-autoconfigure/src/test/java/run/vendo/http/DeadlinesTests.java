package run.vendo.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlinesTests {

	private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

	private final Deadlines deadlines = new Deadlines(this.time, Duration.ofSeconds(30));

	private final List<String> late = new ArrayList<>();

	@Test
	void eachIsLateAtItsOwnTime() {
		begin("first");
		this.time.advanceTimeBy(Duration.ofSeconds(10));
		begin("second");
		this.time.advanceTimeBy(Duration.ofSeconds(20).minusMillis(1));
		assertThat(this.late).isEmpty();
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.late).containsExactly("first");
		this.time.advanceTimeBy(Duration.ofSeconds(10).minusMillis(1));
		assertThat(this.late).containsExactly("first");
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.late).containsExactly("first", "second");
		assertThat(this.deadlines.pending()).isZero();
	}

	@Test
	void whoeverIsDoneIsNeverLateAndLeavesNothingBehind() {
		Disposable done = begin("done");
		begin("late");
		done.dispose();
		assertThat(this.deadlines.pending()).isOne();
		this.time.advanceTimeBy(Duration.ofSeconds(30));
		assertThat(this.late).containsExactly("late");
	}

	@Test
	void afterAPauseItBeginsAgain() {
		begin("first").dispose();
		this.time.advanceTimeBy(Duration.ofHours(1));
		begin("second");
		this.time.advanceTimeBy(Duration.ofSeconds(30));
		assertThat(this.late).containsExactly("second");
	}

	@Test
	void whoeverBeginsWhenAnotherIsLateGetsTheWholeTime() {
		this.deadlines.next().doOnSuccess((nothing) -> begin("next")).subscribe();
		this.time.advanceTimeBy(Duration.ofSeconds(59));
		assertThat(this.late).isEmpty();
		this.time.advanceTimeBy(Duration.ofSeconds(1));
		assertThat(this.late).containsExactly("next");
	}

	@Test
	void manyThreadsAreAllServed() throws Exception {
		Deadlines soon = new Deadlines(Schedulers.parallel(), Duration.ofMillis(5));
		int threads = 8;
		int each = 500;
		CountDownLatch served = new CountDownLatch(threads * each);
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			Thread thread = new Thread(() -> {
				for (int j = 0; j < each; j++) {
					soon.next().doOnSuccess((nothing) -> served.countDown()).subscribe();
					soon.next().subscribe().dispose();
				}
			});
			callers.add(thread);
			thread.start();
		}
		for (Thread caller : callers) {
			caller.join();
		}
		assertThat(served.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(soon.pending()).isZero();
	}

	private Disposable begin(String name) {
		return this.deadlines.next().doOnSuccess((nothing) -> this.late.add(name)).subscribe();
	}

}
