package run.vendo.dashboard;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What to change about an application. Whatever is not set stays as it is.
 *
 * @since 0.1.0
 */
public final class AppUpdate {

	private final Map<String, @Nullable Object> fields;

	private AppUpdate(Map<String, @Nullable Object> fields) {
		this.fields = fields;
	}

	/**
	 * Return a change of nothing.
	 * @return the change
	 */
	public static AppUpdate create() {
		return new AppUpdate(Map.of());
	}

	/**
	 * Change the name.
	 * @param name the new name
	 * @return a new change
	 */
	public AppUpdate name(String name) {
		Assert.hasText(name, "'name' must not be blank");
		return with("name", name);
	}

	/**
	 * Change what the application may spend in a day.
	 * @param micros the cap in millionths of a US dollar, or {@code null} for none
	 * @return a new change
	 */
	public AppUpdate dailyCap(@Nullable Long micros) {
		Assert.isTrue(micros == null || micros >= 0, "'micros' must not be negative");
		return with("daily_micros", micros);
	}

	/**
	 * Change what the application may spend in a month.
	 * @param micros the cap in millionths of a US dollar, or {@code null} for none
	 * @return a new change
	 */
	public AppUpdate monthlyCap(@Nullable Long micros) {
		Assert.isTrue(micros == null || micros >= 0, "'micros' must not be negative");
		return with("monthly_micros", micros);
	}

	/**
	 * Change a field that has no method of its own.
	 * @param field its name as it goes over the wire
	 * @param value its value, or {@code null} to send {@code null}
	 * @return a new change
	 */
	public AppUpdate with(String field, @Nullable Object value) {
		Assert.hasText(field, "'field' must not be blank");
		Map<String, @Nullable Object> fields = new LinkedHashMap<>(this.fields);
		fields.put(field, value);
		return new AppUpdate(fields);
	}

	Map<String, @Nullable Object> json() {
		return this.fields;
	}

	@Override
	public String toString() {
		return "AppUpdate" + this.fields.keySet();
	}

}
