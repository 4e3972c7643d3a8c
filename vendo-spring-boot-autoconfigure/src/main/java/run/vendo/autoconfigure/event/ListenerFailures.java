package run.vendo.autoconfigure.event;

import java.lang.reflect.UndeclaredThrowableException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.util.ReflectionUtils;

/**
 * What application listeners throw while an event of the platform is delivered to them.
 */
final class ListenerFailures {

	private static final Log logger = LogFactory.getLog(VendoEventBridge.class);

	private final ConfigurableApplicationContext context;

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	private final AtomicLong count = new AtomicLong();

	private volatile @Nullable Thread delivery;

	ListenerFailures(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Let a listener that throws not keep the event from those after it. Nothing changes
	 * for whatever else the application publishes, nor for a multicaster of its own.
	 */
	void keepListenersApart() {
		ConfigurableListableBeanFactory beanFactory = this.context.getBeanFactory();
		String name = AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME;
		if (!beanFactory.containsBeanDefinition(name)
				&& beanFactory.getSingleton(name) instanceof SimpleApplicationEventMulticaster multicaster) {
			multicaster.setErrorHandler(this::handle);
		}
	}

	private void handle(Throwable failure) {
		if (Thread.currentThread() != this.delivery || isNested()) {
			// As without a handler. Whoever else publishes an event wants to see what its
			// listeners throw: a test for example, or a listener of ours that publishes
			// one itself, and perhaps must not commit then.
			ReflectionUtils.rethrowRuntimeException(failure);
		}
		report(null, failure);
	}

	private static boolean isNested() {
		return StackWalker.getInstance()
			.walk((frames) -> frames.filter(ListenerFailures::isListenerCall).limit(2).count()) > 1;
	}

	private static boolean isListenerCall(StackWalker.StackFrame frame) {
		return frame.getMethodName().equals("invokeListener")
				&& frame.getClassName().equals(SimpleApplicationEventMulticaster.class.getName());
	}

	/**
	 * Tell which thread delivers, or that none does any more.
	 */
	void deliveringOn(@Nullable Thread thread) {
		this.delivery = thread;
	}

	void report(@Nullable Object event, Throwable failure) {
		this.count.incrementAndGet();
		Throwable thrown = (failure instanceof UndeclaredThrowableException wrapper && wrapper.getCause() != null)
				? wrapper.getCause() : failure;
		String name = listener(thrown);
		if (this.reported.add(name)) {
			logger.error(("Event listener %s failed on an event of the platform. %s; further failures of this listener "
					+ "are logged at DEBUG")
				.formatted(name, (event == null) ? "Other listeners and later events are delivered as before"
						: "Listeners after it have missed the event, since the application has an event multicaster of "
								+ "its own; later events are delivered as before"),
					thrown);
		}
		else if (logger.isDebugEnabled()) {
			logger.debug("Event listener %s failed on an event of the platform".formatted(name), thrown);
		}
	}

	/**
	 * Return the method that Spring has called, which is the outermost that is not part
	 * of the machinery.
	 */
	private static String listener(Throwable failure) {
		StackTraceElement[] trace = failure.getStackTrace();
		int called = trace.length - 1;
		while (called >= 0 && !trace[called].getClassName().equals(SimpleApplicationEventMulticaster.class.getName())) {
			called--;
		}
		while (called >= 0) {
			String type = trace[called].getClassName();
			if (!type.startsWith("org.springframework.") && !type.startsWith("java.") && !type.startsWith("jdk.")
					&& !type.contains("$$")) {
				return type + "." + trace[called].getMethodName();
			}
			called--;
		}
		return "that throws " + failure.getClass().getName();
	}

	long count() {
		return this.count.get();
	}

}
