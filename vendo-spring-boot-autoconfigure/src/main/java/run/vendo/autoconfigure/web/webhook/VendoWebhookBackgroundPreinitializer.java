package run.vendo.autoconfigure.web.webhook;

import java.util.Map;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * {@link BackgroundPreinitializer} for webhooks: loads on another thread what the start
 * of the application is going to need of them.
 */
final class VendoWebhookBackgroundPreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() {
		new Binder(new MapConfigurationPropertySource(Map.of())).bindOrCreate("vendo.webhook",
				VendoWebhookProperties.class);
		methodsOfBeans(VendoWebhookAutoConfiguration.class);
		methodsOfBeans(VendoWebhookConfigurations.Memory.class);
		if (ClassUtils.isPresent("org.springframework.web.servlet.DispatcherServlet", getClass().getClassLoader())) {
			methodsOfBeans(VendoWebhookConfigurations.Servlet.class);
			ReflectionUtils.getDeclaredMethods(ServletWebhookFilter.class);
		}
	}

	private static void methodsOfBeans(Class<?> configuration) {
		ReflectionUtils.doWithLocalMethods(configuration,
				(method) -> ReflectionUtils.getDeclaredMethods(method.getReturnType()));
	}

}
