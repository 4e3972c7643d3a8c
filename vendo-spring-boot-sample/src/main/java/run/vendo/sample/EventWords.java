package run.vendo.sample;

import java.math.BigDecimal;

import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.event.BalanceChanged;
import run.vendo.event.BalanceExhausted;
import run.vendo.event.BalanceLow;
import run.vendo.event.CapTripped;
import run.vendo.event.CapWarned;
import run.vendo.event.ConnectionChanged;
import run.vendo.event.ConnectionConnected;
import run.vendo.event.ConnectionDisconnected;
import run.vendo.event.ConnectionError;
import run.vendo.event.ConnectionNeedsReauth;
import run.vendo.event.ConnectionStatusChanged;
import run.vendo.event.DeploymentUpdated;
import run.vendo.event.UsageRecorded;
import run.vendo.event.VendoEvent;

/**
 * Says in plain words what happens on the platform. Never the payload: what is in one
 * tomorrow may be nothing for a log or a page.
 */
final class EventWords {

	private EventWords() {
	}

	static String of(VendoEvent event) {
		String words = words(event);
		return event.isResynchronized() ? words + " (found out after an interruption)" : words;
	}

	private static String words(VendoEvent event) {
		if (event instanceof ConnectionConnected connected) {
			return connected.slug() + " is connected";
		}
		if (event instanceof ConnectionDisconnected disconnected) {
			return disconnected.slug() + " is not connected any more";
		}
		if (event instanceof ConnectionNeedsReauth reauth) {
			return reauth.slug() + " needs its user's consent again";
		}
		if (event instanceof ConnectionChanged changed) {
			return "The connection of " + changed.slug() + " has changed";
		}
		if (event instanceof ConnectionStatusChanged changed) {
			return "The connection of " + changed.slug() + " is now " + changed.status();
		}
		if (event instanceof ConnectionError error) {
			return "The connection of " + error.slug() + " does not work";
		}
		if (event instanceof UsageRecorded usage) {
			return "%s has cost %s USD".formatted(usage.provider(), amount(usage.cost()));
		}
		if (event instanceof BalanceChanged balance) {
			return "The balance is %s USD".formatted(amount(balance.remaining()));
		}
		if (event instanceof BalanceLow) {
			return "The balance is low";
		}
		if (event instanceof BalanceExhausted) {
			return "The balance is used up";
		}
		if (event instanceof CapWarned cap) {
			return "The %s spend cap is near".formatted(cap.window());
		}
		if (event instanceof CapTripped cap) {
			return "The %s spend cap is reached".formatted(cap.window());
		}
		if (event instanceof DeploymentUpdated) {
			return "The deployment was updated";
		}
		return "Something happened that this version has no words for: " + event.kind();
	}

	// At least cents, and no more than there are.
	private static String amount(BigDecimal amount) {
		BigDecimal shortest = amount.stripTrailingZeros();
		return (shortest.scale() < 2) ? amount.setScale(2).toPlainString() : shortest.toPlainString();
	}

	static String of(EventStreamState state) {
		if (state instanceof EventStreamState.Connected) {
			return "Listening for events of the platform";
		}
		if (state instanceof EventStreamState.Interrupted) {
			return "The event stream was interrupted";
		}
		if (state instanceof EventStreamState.Recovered) {
			return "The event stream is back";
		}
		if (state instanceof EventStreamState.Resynchronized compared) {
			return "Connections compared after the interruption: %d changed".formatted(compared.differences());
		}
		if (state instanceof EventStreamState.GapUnresolved) {
			return "Connections could not be compared after the interruption yet";
		}
		if (state instanceof EventStreamState.Failed) {
			return "The event stream could not be opened again";
		}
		return "The event stream is closed";
	}

}
