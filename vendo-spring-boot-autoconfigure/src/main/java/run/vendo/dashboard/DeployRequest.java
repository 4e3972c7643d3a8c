package run.vendo.dashboard;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import org.springframework.util.Assert;

/**
 * What to deploy. Immutable. A request keeps its idempotency key: sent again, also by
 * another process that was told the key, it deploys nothing anew. One that is made of it
 * with other fields has a random key of its own, unless the key was set.
 *
 * @since 0.1.0
 */
public final class DeployRequest {

	private final String idempotencyKey;

	private final boolean random;

	private final Map<String, Object> fields;

	private DeployRequest(String idempotencyKey, boolean random, Map<String, Object> fields) {
		this.idempotencyKey = idempotencyKey;
		this.random = random;
		this.fields = fields;
	}

	/**
	 * Return a request with a new idempotency key.
	 * @param toolSlug the tool to deploy
	 * @param tenantSlug the tenant to deploy it for
	 * @return the request
	 */
	public static DeployRequest of(String toolSlug, String tenantSlug) {
		Assert.hasText(toolSlug, "'toolSlug' must not be blank");
		Assert.hasText(tenantSlug, "'tenantSlug' must not be blank");
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("toolSlug", toolSlug);
		fields.put("tenantSlug", tenantSlug);
		return new DeployRequest(UUID.randomUUID().toString(), true, fields);
	}

	/**
	 * Set the key by which the platform tells a repeat from a new request; a random one
	 * unless set.
	 * @param idempotencyKey the key
	 * @return a new request
	 */
	public DeployRequest idempotencyKey(String idempotencyKey) {
		Assert.hasText(idempotencyKey, "'idempotencyKey' must not be blank");
		return new DeployRequest(idempotencyKey, false, this.fields);
	}

	/**
	 * Set what the deployment is called in URLs.
	 * @param deploymentSlug the slug; the platform makes one unless set
	 * @return a new request
	 */
	public DeployRequest deploymentSlug(String deploymentSlug) {
		return with("deploymentSlug", deploymentSlug);
	}

	/**
	 * Set what the deployment is called.
	 * @param deploymentName the name
	 * @return a new request
	 */
	public DeployRequest deploymentName(String deploymentName) {
		return with("deploymentName", deploymentName);
	}

	/**
	 * Set the variables that the tool asks its user for.
	 * @param userVariables values by name; they may be secrets
	 * @return a new request
	 */
	public DeployRequest userVariables(Map<String, String> userVariables) {
		return with("userVariables", Map.copyOf(userVariables));
	}

	/**
	 * Set the bindings.
	 * @param bindings the bindings, as they go over the wire
	 * @return a new request
	 */
	public DeployRequest bindings(Object bindings) {
		return with("bindings", bindings);
	}

	/**
	 * Set which bindings were chosen where there are several.
	 * @param selectedBindings the chosen ones, as they go over the wire
	 * @return a new request
	 */
	public DeployRequest selectedBindings(Object selectedBindings) {
		return with("selectedBindings", selectedBindings);
	}

	/**
	 * Set a field that has no method of its own.
	 * @param field its name as it goes over the wire
	 * @param value its value
	 * @return a new request
	 */
	public DeployRequest with(String field, Object value) {
		Assert.hasText(field, "'field' must not be blank");
		Assert.notNull(value, () -> "'" + field + "' must not be null");
		Map<String, Object> fields = new LinkedHashMap<>(this.fields);
		fields.put(field, value);
		// Something else to deploy is another deploy, unless it is said to be the same.
		String key = this.random ? UUID.randomUUID().toString() : this.idempotencyKey;
		return new DeployRequest(key, this.random, fields);
	}

	/**
	 * Return the key by which the platform tells a repeat from a new request.
	 * @return the key
	 */
	public String idempotencyKey() {
		return this.idempotencyKey;
	}

	Map<String, Object> json() {
		return this.fields;
	}

	@Override
	public String toString() {
		return "DeployRequest[toolSlug=" + this.fields.get("toolSlug") + ", fields=" + this.fields.keySet()
				+ ", idempotencyKey=" + this.idempotencyKey + "]";
	}

}
