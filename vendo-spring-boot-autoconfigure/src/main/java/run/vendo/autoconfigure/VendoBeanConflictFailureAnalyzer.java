package run.vendo.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.support.BeanDefinitionOverrideException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a bean of the application that has the name of one of Vendo's but not its
 * type, so that Vendo's does not back off for it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class VendoBeanConflictFailureAnalyzer extends AbstractFailureAnalyzer<BeanDefinitionOverrideException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BeanDefinitionOverrideException cause) {
		String ours = String.valueOf(cause.getBeanDefinition().getResourceDescription());
		String theirs = String.valueOf(cause.getExistingDefinition().getResourceDescription());
		if (!ours.contains("run/vendo/autoconfigure") && !ours.contains("run.vendo.autoconfigure")) {
			return null;
		}
		return new FailureAnalysis(
				"The application declares a bean named '%s' in %s, and Vendo wants to declare one of that name too."
					.formatted(cause.getBeanName(), theirs),
				"If your bean is to take the place of Vendo's, give it the same type; otherwise give it another name.",
				cause);
	}

}
