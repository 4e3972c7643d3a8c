package run.vendo.benchmark;

import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A minimal MVC application that tells how long it took to start and which threads it
 * has, then ends. It runs with and without the starter, so it must not refer to it.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@RestController
public class StartupApplication {

	/**
	 * Start the application and tell about it.
	 * @param args the command line
	 */
	public static void main(String[] args) {
		try (ConfigurableApplicationContext context = SpringApplication.run(StartupApplication.class, args)) {
			ChildJvm.result("starter", context.containsBean("vendoClient"));
			ChildJvm.result("beans", context.getBeanDefinitionCount());
			ChildJvm.result("threads", Thread.getAllStackTraces()
				.keySet()
				.stream()
				.map(Thread::getName)
				// Spring Boot's own, which ends after a moment, in one process before
				// and in another after this.
				.filter((name) -> !name.equals("background-preinit"))
				.map((name) -> name.replaceAll("\\d+", "N"))
				.sorted()
				.collect(Collectors.joining(",")));
		}
	}

	@GetMapping("/")
	String greet() {
		return "Hello";
	}

	@EventListener
	void ready(ApplicationReadyEvent event) {
		long processStart = ManagementFactory.getRuntimeMXBean().getStartTime();
		ChildJvm.result("process-ms", System.currentTimeMillis() - processStart);
		ChildJvm.result("ready-ms", event.getTimeTaken().toNanos() / 1e6);
	}

}
