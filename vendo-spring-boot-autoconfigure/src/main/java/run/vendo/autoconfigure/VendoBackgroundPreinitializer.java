package run.vendo.autoconfigure;

import java.util.Map;

import run.vendo.VendoClient;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.ReflectionUtils;

/**
 * {@link BackgroundPreinitializer} for the client: loads on another thread what the start
 * of the application is going to need of it.
 */
final class VendoBackgroundPreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() {
		ReflectionUtils.getDeclaredMethods(VendoAutoConfiguration.class);
		// Any property will do to have records bound.
		Binder binder = new Binder(new MapConfigurationPropertySource(Map.of("vendo.connections", "slack")));
		binder.bind("vendo", VendoProperties.class);
		// Without a key and without an environment to find one in, so that it cannot
		// fail.
		VendoClient.builder().environment((name) -> null).build().close();
		apis(VendoClientConfigurations.BlockingApis.class);
		apis(VendoClientConfigurations.ReactiveApis.class);
	}

	// Spring looks for listeners among their methods.
	private static void apis(Class<?> apis) {
		ReflectionUtils.doWithLocalMethods(apis,
				(method) -> ReflectionUtils.getDeclaredMethods(method.getReturnType()));
	}

}
