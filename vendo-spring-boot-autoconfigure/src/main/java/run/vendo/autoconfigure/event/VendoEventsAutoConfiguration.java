package run.vendo.autoconfigure.event;

import java.time.Clock;

import io.micrometer.core.instrument.MeterRegistry;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.event.ReactiveEventsApi;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} that publishes the platform's events
 * as application events.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class)
@ConditionalOnBean(ReactiveEventsApi.class)
@ConditionalOnBooleanProperty(name = "vendo.events.enabled", matchIfMissing = true)
@EnableConfigurationProperties(VendoEventsProperties.class)
public final class VendoEventsAutoConfiguration {

	VendoEventsAutoConfiguration() {
	}

	/**
	 * Nobody asks for this one, so an application whose beans are lazy must make it all
	 * the same.
	 */
	@Bean
	@Lazy(false)
	VendoEventBridge vendoEventBridge(ReactiveEventsApi events, VendoEventsProperties properties,
			ConfigurableApplicationContext context, Environment environment, ObjectProvider<Clock> clock) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("vendo-events-");
		executor.setDaemon(true);
		executor.setVirtualThreads(Threading.VIRTUAL.isActive(environment));
		return new VendoEventBridge(events, properties.options(), properties.resubscribeDelay(), context,
				new ListenerFailures(context), executor, clock.getIfUnique(Clock::systemUTC));
	}

	/**
	 * What the bridge shows where Micrometer is.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class Metrics {

		@Bean
		VendoEventMetrics vendoEventMetrics(VendoEventBridge bridge) {
			return new VendoEventMetrics(bridge);
		}

	}

}
