package run.vendo.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import run.vendo.autoconfigure.event.EventStreamState;
import run.vendo.event.VendoEvent;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Logs what happens on the platform.
 */
@Component
class EventLog {

	private static final Logger logger = LoggerFactory.getLogger(EventLog.class);

	@EventListener
	void on(VendoEvent event) {
		logger.info(EventWords.of(event));
	}

	@EventListener
	void on(EventStreamState state) {
		logger.info(EventWords.of(state));
	}

}
