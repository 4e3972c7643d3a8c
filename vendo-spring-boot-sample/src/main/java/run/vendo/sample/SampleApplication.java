package run.vendo.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * The sample: {@code http://localhost:8080/} lists the connections of the application.
 * Runs on the simulator of the platform, and on the platform itself as soon as
 * {@code VENDO_API_KEY} is set.
 */
@SpringBootApplication
public class SampleApplication {

	public static void main(String[] args) {
		SpringApplication.run(SampleApplication.class, args);
	}

}
