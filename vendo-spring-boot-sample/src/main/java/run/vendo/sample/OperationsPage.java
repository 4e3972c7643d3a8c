package run.vendo.sample;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/**
 * What operators ask for, on a page: health, the meters of Vendo and what the endpoint
 * {@code vendo} says.
 */
@Controller
class OperationsPage {

	private static final String METERS = "vendo.";

	// Of calls that have not come back yet.
	private static final String UNDER_WAY = ".active";

	private final HealthEndpoint health;

	private final MeterRegistry meters;

	private final PathMappedEndpoints endpoints;

	OperationsPage(HealthEndpoint health, MeterRegistry meters, PathMappedEndpoints endpoints) {
		this.health = health;
		this.meters = meters;
		this.endpoints = endpoints;
	}

	@GetMapping("/operations")
	String page(Model model) {
		HealthDescriptor health = this.health.health();
		model.addAttribute("health", Line.of("Application", health.getStatus()));
		model.addAttribute("components", components(health));
		model.addAttribute("meters", meters());
		model.addAttribute("endpoint", this.endpoints.getPath(EndpointId.of("vendo")));
		return "operations";
	}

	private static List<Line> components(HealthDescriptor health) {
		Map<String, HealthDescriptor> components = (health instanceof CompositeHealthDescriptor composite)
				? composite.getComponents() : Map.of();
		return new TreeMap<>(components).entrySet()
			.stream()
			.map((component) -> Line.of(component.getKey(), component.getValue().getStatus()))
			.toList();
	}

	private List<Reading> meters() {
		return this.meters.getMeters()
			.stream()
			.filter((meter) -> isShown(meter.getId().getName()))
			.map(Reading::of)
			.sorted(Comparator.comparing(Reading::name).thenComparing(Reading::tags))
			.toList();
	}

	private static boolean isShown(String meter) {
		return meter.startsWith(METERS) && !meter.endsWith(UNDER_WAY);
	}

	/**
	 * The health of something.
	 */
	record Line(String name, String status, Tone tone) {

		static Line of(String name, Status status) {
			Tone tone = status.equals(Status.UP) ? Tone.GOOD
					: status.equals(Status.DOWN) || status.equals(Status.OUT_OF_SERVICE) ? Tone.BAD : Tone.WARNING;
			return new Line(name, status.getCode().toLowerCase(Locale.ROOT).replace('_', ' '), tone);
		}

	}

	/**
	 * What a meter says.
	 */
	record Reading(String name, String tags, String values) {

		static Reading of(Meter meter) {
			String tags = meter.getId()
				.getTags()
				.stream()
				.map((tag) -> tag.getKey() + "=" + tag.getValue())
				.collect(Collectors.joining(" "));
			String values = StreamSupport.stream(meter.measure().spliterator(), false)
				.map((measurement) -> "%s %s".formatted(measurement.getStatistic().getTagValueRepresentation(),
						number(measurement.getValue())))
				.collect(Collectors.joining(", "));
			return new Reading(meter.getId().getName(), tags, values);
		}

		private static String number(double value) {
			return (value == Math.rint(value)) ? "%.0f".formatted(value) : "%.3f".formatted(value);
		}

	}

}
