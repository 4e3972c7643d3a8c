package run.vendo.autoconfigure.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SharedScheduler}.
 */
@Timeout(60)
class SharedSchedulerTests {

	private final List<Scheduler> made = new ArrayList<>();

	private final SharedScheduler shared = new SharedScheduler(() -> {
		Scheduler scheduler = Schedulers.newSingle("vendo-health-test", true);
		this.made.add(scheduler);
		return scheduler;
	});

	@AfterEach
	void dispose() {
		this.made.forEach(Scheduler::dispose);
	}

	@Test
	void thereIsNoneBeforeSomebodyNeedsOne() {
		assertThat(this.made).isEmpty();
	}

	@Test
	void allUseOneThread() throws Exception {
		assertThat(threadOf(this.shared.lease())).isSameAs(threadOf(this.shared.lease()));
		assertThat(this.made).hasSize(1);
	}

	@Test
	void whoeverGivesItsOwnBackStopsNoneOfTheOthers() throws Exception {
		Scheduler one = this.shared.lease();
		Scheduler other = this.shared.lease();
		one.dispose();
		one.dispose();
		assertThat(one.isDisposed()).isTrue();
		assertThat(other.isDisposed()).isFalse();
		assertThat(threadOf(other)).isNotNull();
		assertThat(this.made).singleElement().matches((scheduler) -> !scheduler.isDisposed());
	}

	@Test
	void endsWithTheLastAndBeginsAnewWithTheNext() throws Exception {
		Scheduler one = this.shared.lease();
		Scheduler other = this.shared.lease();
		one.dispose();
		other.dispose();
		assertThat(this.made).singleElement().matches(Scheduler::isDisposed);
		assertThat(threadOf(this.shared.lease())).isNotNull();
		assertThat(this.made).hasSize(2);
	}

	private static Thread threadOf(Scheduler scheduler) throws InterruptedException {
		AtomicReference<Thread> thread = new AtomicReference<>();
		CountDownLatch ran = new CountDownLatch(1);
		scheduler.schedule(() -> {
			thread.set(Thread.currentThread());
			ran.countDown();
		}, 1, TimeUnit.MILLISECONDS);
		assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
		return thread.get();
	}

}
