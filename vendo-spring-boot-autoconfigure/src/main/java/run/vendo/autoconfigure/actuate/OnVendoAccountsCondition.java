package run.vendo.autoconfigure.actuate;

import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where there are further accounts.
 */
final class OnVendoAccountsCondition extends SpringBootCondition {

	private static final String PREFIX = "vendo.accounts";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("Vendo Accounts");
		boolean any = Binder.get(context.getEnvironment())
			.bind(PREFIX, Bindable.mapOf(String.class, Object.class))
			.map((accounts) -> !accounts.isEmpty())
			.orElse(false);
		return new ConditionOutcome(any,
				any ? message.found("property").items(PREFIX) : message.didNotFind("property").items(PREFIX));
	}

}
