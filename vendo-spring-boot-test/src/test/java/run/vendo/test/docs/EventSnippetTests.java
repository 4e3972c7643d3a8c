package run.vendo.test.docs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import run.vendo.VendoClient;
import run.vendo.event.ConnectionNeedsReauth;
import run.vendo.event.EventStream;
import run.vendo.test.AutoConfigureMockVendo;
import run.vendo.test.MockEvents;
import run.vendo.test.VendoPlatform;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class EventSnippetTests {

	@Test
	void outage() {
		try (VendoPlatform platform = VendoPlatform.start();
				VendoClient vendo = platform.clientBuilder().build();
				EventStream stream = vendo.events().subscribe()) {
			platform.awaitStreams(1, Duration.ofSeconds(20));
			// From here on the stream has a place to go on from.
			platform.connect("notion");
			stream.iterator().next();
			// tag::platform-events[]
			platform.stop();
			platform.connect("slack");
			platform.restart();

			assertThat(stream.iterator().next().kind()).hasToString("connection.connected");
			// end::platform-events[]
		}
	}

}

@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ReauthReminder.class)
class ReminderApplication {

}

// tag::reauth-reminder[]
@Component
class ReauthReminder {

	private final List<String> sent = Collections.synchronizedList(new ArrayList<>());

	@EventListener
	void on(ConnectionNeedsReauth event) {
		this.sent.add(event.slug());
	}

	List<String> sent() {
		return this.sent;
	}

	void clear() {
		this.sent.clear();
	}

}
// end::reauth-reminder[]

// tag::mock-events[]
@SpringBootTest(classes = ReminderApplication.class, webEnvironment = WebEnvironment.NONE)
@AutoConfigureMockVendo
class ReminderTests {

	@Autowired
	private MockEvents events;

	@Autowired
	private ReauthReminder reminder;

	@BeforeEach
	void reset() {
		this.reminder.clear();
	}

	@Test
	void remindsWhenConsentHasToBeGivenAgain() {
		this.events.needsReauth("slack");
		this.events.awaitDelivered(Duration.ofSeconds(20));
		assertThat(this.reminder.sent()).containsExactly("slack");
	}

}
// end::mock-events[]
