package run.vendo.test;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import run.vendo.VendoClient;
import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.event.ConnectionEvent;
import run.vendo.event.VendoEvent;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MockEvents} with an application that listens.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@AutoConfigureMockVendo
@Import(AutoConfigureMockVendoEventsTests.Listeners.class)
@TestMethodOrder(MethodOrderer.Random.class)
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class AutoConfigureMockVendoEventsTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	@Autowired
	private MockVendoClient vendo;

	@Autowired
	private MockEvents events;

	@Autowired
	private Listeners listeners;

	@AfterEach
	void forget() {
		this.listeners.tokens.clear();
		this.listeners.states.clear();
		this.listeners.failing = false;
	}

	@Test
	void eventsBeanIsThatOfTheMock() {
		assertThat(this.events).isSameAs(this.vendo.mockEvents());
	}

	// Many times, because an event that is not waited for would mostly be seen all the
	// same.
	@RepeatedTest(50)
	void listenersSeeWhatTheTestSaysHappens() {
		this.vendo.withToken("slack", "xoxb-1");
		this.events.connected("slack");
		this.events.changed("slack");
		this.events.awaitDelivered(SOON);
		assertThat(this.listeners.tokens).containsExactly("xoxb-1", "xoxb-1");
		assertThat(this.vendo.calls()).hasSize(2);
	}

	@Test
	void whenNothingIsScriptedThenTheBridgeIsQuiet(CapturedOutput output, @Autowired ApplicationContext context) {
		this.events.awaitStreams(1, SOON);
		assertThat(context.getBeanNamesForType(MockEvents.class)).hasSize(1);
		assertThat(this.vendo.calls()).isEmpty();
		assertThat(output.getAll()).doesNotContain("WARN").doesNotContain("ERROR");
	}

	@Test
	void statesReachListenersToo() {
		this.events.awaitStreams(1, SOON);
		this.events.drop();
		this.events.emit("deployment.updated", "{}");
		this.events.awaitDelivered(SOON);
		assertThat(this.listeners.states).extracting(Object::getClass)
			.extracting(Class::getSimpleName)
			.containsSubsequence("Interrupted", "Recovered");
	}

	@Test
	void listenerThatThrowsIsNotWaitedForInVain() {
		this.vendo.withToken("slack", "xoxb-1");
		this.listeners.failing = true;
		this.events.connected("slack");
		this.events.awaitDelivered(SOON);
		assertThat(this.listeners.tokens).isEmpty();
	}

	@Test
	void whatDoesNotArriveInTimeIsAnError() {
		this.listeners.pause(() -> {
			this.events.emit("deployment.updated", "{}");
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> this.events.awaitDelivered(Duration.ofMillis(1)))
				.withMessageContaining("vendo.events.enabled");
		});
		this.events.awaitDelivered(SOON);
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Listeners {

		private final List<String> tokens = new CopyOnWriteArrayList<>();

		private final List<EventStreamState> states = new CopyOnWriteArrayList<>();

		private final VendoClient vendo;

		private volatile boolean failing;

		Listeners(VendoClient vendo) {
			this.vendo = vendo;
		}

		synchronized void pause(Runnable work) {
			work.run();
		}

		@EventListener
		void on(ConnectionEvent event) {
			if (this.failing) {
				throw new IllegalStateException("Broken listener");
			}
			this.tokens.add(this.vendo.token(event.slug()));
		}

		@EventListener
		synchronized void on(VendoEvent event) {
		}

		@EventListener
		void on(EventStreamState state) {
			this.states.add(state);
		}

	}

}
