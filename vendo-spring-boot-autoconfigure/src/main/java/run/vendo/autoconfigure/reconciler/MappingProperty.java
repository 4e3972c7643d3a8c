package run.vendo.autoconfigure.reconciler;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import run.vendo.error.VendoConfigurationException;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * A mapping that is written down in configuration properties. A list and not a map, since
 * the keys of a map lose their underscores unless they are put into brackets.
 */
final class MappingProperty {

	private static final String NAME = "vendo.reconciler.mapping";

	private static final String REMEDY = "Write a list of NAME=slug for the token of a provider, or NAME=slug:path "
			+ "for a value of its connection, for example SLACK_BOT_TOKEN=slack.";

	private static final Pattern ENTRY = Pattern
		.compile("\\s*([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*([^\\s:=]+(?::[^\\s:]+)?)\\s*");

	private MappingProperty() {
	}

	static Map<String, String> parse(List<String> entries, Environment environment) {
		Map<String, String> sources = new LinkedHashMap<>();
		for (String entry : entries) {
			Matcher matcher = ENTRY.matcher(entry);
			if (!matcher.matches() || sources.put(matcher.group(1), matcher.group(2)) != null) {
				throw new VendoConfigurationException(NAME,
						"'%s' in %s is no variable with a source, or one that is there already".formatted(entry, NAME),
						REMEDY);
			}
		}
		if (sources.isEmpty() && isMap(environment)) {
			throw new VendoConfigurationException(NAME, NAME + " is a map, whose keys would lose their underscores",
					REMEDY);
		}
		return sources;
	}

	private static boolean isMap(Environment environment) {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(NAME);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.getConfigurationProperty(name) == null
					&& source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
				return true;
			}
		}
		return false;
	}

}
