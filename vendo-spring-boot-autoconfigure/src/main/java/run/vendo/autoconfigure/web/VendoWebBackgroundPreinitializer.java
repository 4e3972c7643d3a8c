package run.vendo.autoconfigure.web;

import java.util.Map;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * {@link BackgroundPreinitializer} for the web: loads on another thread what the start of
 * the application is going to need of it.
 */
final class VendoWebBackgroundPreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() {
		Binder binder = new Binder(new MapConfigurationPropertySource(Map.of()));
		binder.bindOrCreate("vendo.sso", VendoSsoProperties.class);
		binder.bindOrCreate("vendo.web", VendoWebProperties.class);
		ReflectionUtils.getDeclaredMethods(VendoWebAutoConfiguration.class);
		if (ClassUtils.isPresent("org.springframework.web.servlet.DispatcherServlet", getClass().getClassLoader())) {
			ReflectionUtils.doWithLocalMethods(VendoWebAutoConfiguration.Servlet.class,
					(method) -> ReflectionUtils.getDeclaredMethods(method.getReturnType()));
		}
	}

}
