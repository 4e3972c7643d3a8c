package run.vendo.autoconfigure.event;

import java.lang.reflect.Method;
import java.util.Arrays;

import run.vendo.event.VendoEvent;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.DefaultEventListenerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Keeps apart the {@link EventListener @EventListener} methods for events of the
 * platform: one that throws does not keep the event from those after it, as it otherwise
 * would.
 */
final class VendoEventListenerFactory implements EventListenerFactory, Ordered {

	private final ListenerFailures failures;

	VendoEventListenerFactory(ListenerFailures failures) {
		this.failures = failures;
	}

	/**
	 * Behind the factory for transactional listeners, ahead of the one for all others.
	 */
	@Override
	public int getOrder() {
		return new DefaultEventListenerFactory().getOrder() - 1;
	}

	@Override
	public boolean supportsMethod(Method method) {
		EventListener annotation = AnnotatedElementUtils.findMergedAnnotation(method, EventListener.class);
		if (annotation != null && annotation.classes().length > 0) {
			return Arrays.stream(annotation.classes()).anyMatch(VendoEventListenerFactory::isOurs);
		}
		return method.getParameterCount() == 1 && isOurs(method.getParameterTypes()[0]);
	}

	private static boolean isOurs(Class<?> type) {
		return VendoEvent.class.isAssignableFrom(type) || EventStreamState.class.isAssignableFrom(type)
				|| type.isAssignableFrom(VendoEvent.class) || PayloadApplicationEvent.class == type
				|| ApplicationEvent.class == type;
	}

	@Override
	public ApplicationListener<?> createApplicationListener(String beanName, Class<?> type, Method method) {
		return new IsolatedListener(beanName, type, method, this.failures);
	}

	/**
	 * A listener whose failure stays its own.
	 */
	private static final class IsolatedListener extends ApplicationListenerMethodAdapter {

		private final ListenerFailures failures;

		IsolatedListener(String beanName, Class<?> type, Method method, ListenerFailures failures) {
			super(beanName, type, method);
			this.failures = failures;
		}

		@Override
		public void onApplicationEvent(ApplicationEvent event) {
			try {
				super.onApplicationEvent(event);
			}
			catch (Throwable ex) {
				Object payload = (event instanceof PayloadApplicationEvent<?> wrapper) ? wrapper.getPayload() : event;
				if (!isOurs(payload.getClass()) || !this.failures.isDelivering()) {
					throw ex;
				}
				this.failures.report(getListenerId(), payload, ex);
			}
		}

	}

}
