package run.vendo.autoconfigure.reconciler;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches where there is a file to keep up to date. An empty variable counts as absent.
 */
final class OnReconcilerCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		ConditionMessage.Builder message = ConditionMessage.forCondition("Vendo Reconciler");
		if (StringUtils.hasText(environment.getProperty("vendo.reconciler.enabled"))) {
			boolean enabled = environment.getProperty("vendo.reconciler.enabled", Boolean.class, false);
			return new ConditionOutcome(enabled, message.because("vendo.reconciler.enabled is " + enabled));
		}
		boolean file = StringUtils.hasText(environment.getProperty("vendo.reconciler.file"));
		return new ConditionOutcome(file, file ? message.because("vendo.reconciler.file is set")
				: message.didNotFind("vendo.reconciler.file").atAll());
	}

}
