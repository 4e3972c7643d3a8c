package run.vendo.docs;

import java.util.function.Consumer;

import reactor.core.publisher.Flux;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.event.BalanceLow;
import run.vendo.event.ConnectionConnected;
import run.vendo.event.ConnectionEvent;
import run.vendo.event.ConnectionNeedsReauth;
import run.vendo.event.EventCursor;
import run.vendo.event.EventStream;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.StreamFailed;
import run.vendo.event.UnknownEvent;
import run.vendo.event.VendoEvent;

import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Component;

// tag::listen[]
@Component
class ProviderWatch {

	private final Mailbox mailbox;

	ProviderWatch(Mailbox mailbox) {
		this.mailbox = mailbox;
	}

	@EventListener
	void consentIsNeeded(ConnectionNeedsReauth event) {
		this.mailbox.send("Please connect " + event.slug() + " again");
	}

	@EventListener(condition = "#event.slug == 'slack'")
	void slackHasChanged(ConnectionEvent event) {
		this.mailbox.send("Slack: " + event.kind());
	}

	@Async
	@EventListener
	void balanceIsLow(BalanceLow event) {
		this.mailbox.sendAndWait("Left: " + event.creditsRemaining() + " USD");
	}

}
// end::listen[]

// tag::states[]
@Component
class StreamWatch {

	private volatile boolean current;

	@EventListener
	void on(EventStreamState state) {
		this.current = state instanceof EventStreamState.Connected || state instanceof EventStreamState.Recovered;
	}

	boolean isCurrent() {
		return this.current;
	}

}
// end::states[]

class EventSnippets {

	void blocking(VendoClient vendo, Mailbox mailbox) {
		// tag::blocking[]
		try (EventStream stream = vendo.events().subscribe()) {
			for (VendoEvent event : stream) {
				if (event instanceof ConnectionConnected connected) {
					mailbox.send(connected.slug() + " is connected");
				}
				else if (event instanceof UnknownEvent unknown) {
					mailbox.send("New to this version: " + unknown.kind());
				}
				else if (event instanceof StreamFailed failed) {
					mailbox.send("No more events: " + failed.cause().getMessage());
				}
			}
		}
		// end::blocking[]
	}

	void reactive(ReactiveVendoClient vendo) {
		// tag::reactive[]
		Flux<String> needed = vendo.events()
			.subscribe()
			.ofType(ConnectionNeedsReauth.class)
			.map(ConnectionNeedsReauth::slug);
		// end::reactive[]
		needed.subscribe();
	}

	void resume(VendoClient vendo, Consumer<VendoEvent> work) {
		// tag::resume[]
		EventCursor cursor = EventCursor.create();
		EventStreamOptions options = EventStreamOptions.defaults()
			.withMaxReconnects(EventStreamOptions.UNLIMITED)
			.withCursor(cursor);
		try (EventStream stream = vendo.events().subscribe(options)) {
			stream.forEach(work);
		}
		// end::resume[]
	}

}

interface Mailbox {

	void send(String text);

	void sendAndWait(String text);

}
