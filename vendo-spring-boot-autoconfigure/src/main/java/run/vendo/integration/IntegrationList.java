package run.vendo.integration;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonCreator;
import tools.jackson.databind.JsonNode;

import run.vendo.http.VendoJson;

import org.springframework.util.Assert;

/**
 * The answer of {@code GET /api/integrations}: an object around the list, or the bare
 * list that a session is given.
 *
 * @param integrations the providers
 */
record IntegrationList(List<Integration> integrations) {

	@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
	static IntegrationList of(JsonNode answer) {
		JsonNode list = answer.isArray() ? answer : answer.path("integrations");
		Assert.isTrue(list.isArray(), "'integrations' must be an array");
		return new IntegrationList(List.of(VendoJson.MAPPER.treeToValue(list, Integration[].class)));
	}

}
