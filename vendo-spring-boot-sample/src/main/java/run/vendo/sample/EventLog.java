package run.vendo.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Says in plain words what happens on the platform. Never the payload: what is in one
 * tomorrow may be nothing for a log.
 */
@Component
class EventLog {

	private static final Logger logger = LoggerFactory.getLogger(EventLog.class);

	@EventListener
	void on(VendoEvent event) {
		String words = words(event);
		logger.info(event.isResynchronized() ? "{} (found out after an interruption)" : "{}", words);
	}

	@EventListener
	void on(EventStreamState.Connected state) {
		logger.info("Listening for events of the platform");
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
			return "%s has cost %s USD".formatted(usage.provider(), usage.cost().toPlainString());
		}
		if (event instanceof BalanceChanged balance) {
			return "The balance is %s USD".formatted(balance.remaining().toPlainString());
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

}
