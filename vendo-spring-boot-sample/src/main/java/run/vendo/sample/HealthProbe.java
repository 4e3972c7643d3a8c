package run.vendo.sample;

import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the platform asks to learn whether the deployment is alive. It asks often and
 * waits ten seconds at most, so the answer depends on nothing else.
 */
@RestController
class HealthProbe {

	@GetMapping(path = "/healthz", produces = MediaType.TEXT_PLAIN_VALUE)
	String alive() {
		return "ok";
	}

}
