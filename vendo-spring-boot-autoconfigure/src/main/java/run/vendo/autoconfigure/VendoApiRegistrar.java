package run.vendo.autoconfigure;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * Declares one bean for each static method of the class that imports it, with the name
 * and the type of the method, unless there is a bean of that type. The beans are made
 * when they are first asked for.
 * <p>
 * In place of bean methods with a condition each: every condition looks at all beans of
 * the application again, and all of them together took a quarter of the time that Vendo
 * adds to the start of an application.
 */
final class VendoApiRegistrar implements ImportBeanDefinitionRegistrar {

	@Override
	public void registerBeanDefinitions(AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
		ConfigurableListableBeanFactory beanFactory = (ConfigurableListableBeanFactory) registry;
		Class<?> apis = ClassUtils.resolveClassName(importingClass.getClassName(), beanFactory.getBeanClassLoader());
		Set<Class<?>> present = types(beanFactory);
		methods(apis).forEach((name, type) -> {
			if (!isPresent(type, present)) {
				registry.registerBeanDefinition(name, definition(apis, name, type));
			}
		});
	}

	private static boolean isPresent(Class<?> type, Set<Class<?>> present) {
		for (Class<?> candidate : present) {
			if (type.isAssignableFrom(candidate)) {
				return true;
			}
		}
		return false;
	}

	// In the order of their names, for reflection has none.
	private static Map<String, Class<?>> methods(Class<?> apis) {
		Map<String, Class<?>> methods = new TreeMap<>();
		for (Method method : apis.getDeclaredMethods()) {
			if (Modifier.isStatic(method.getModifiers()) && !method.isSynthetic()) {
				methods.put(method.getName(), method.getReturnType());
			}
		}
		return methods;
	}

	private static BeanDefinition definition(Class<?> apis, String name, Class<?> type) {
		RootBeanDefinition definition = new RootBeanDefinition(apis);
		definition.setFactoryMethodName(name);
		definition.setTargetType(type);
		definition.setAutowireMode(AutowireCapableBeanFactory.AUTOWIRE_CONSTRUCTOR);
		definition.setDestroyMethodName(AbstractBeanDefinition.INFER_METHOD);
		definition.setLazyInit(true);
		definition.setResourceDescription(apis.getName());
		return definition;
	}

	/**
	 * Return the types of the beans that {@code @ConditionalOnMissingBean} would see.
	 */
	private static Set<Class<?>> types(ConfigurableListableBeanFactory beanFactory) {
		Set<Class<?>> types = new LinkedHashSet<>();
		BeanFactory current = beanFactory;
		while (current instanceof ConfigurableListableBeanFactory factory) {
			for (String name : factory.getBeanDefinitionNames()) {
				if (isCandidate(factory.getMergedBeanDefinition(name))) {
					addType(name, factory, types);
				}
			}
			for (String name : factory.getSingletonNames()) {
				if (!factory.containsBeanDefinition(name)) {
					addType(name, factory, types);
				}
			}
			current = factory.getParentBeanFactory();
		}
		return types;
	}

	private static boolean isCandidate(BeanDefinition definition) {
		return !definition.isAbstract() && definition.isAutowireCandidate()
				&& (!(definition instanceof AbstractBeanDefinition known) || known.isDefaultCandidate());
	}

	private static void addType(String name, BeanFactory factory, Set<Class<?>> types) {
		try {
			Class<?> type = factory.getType(name, false);
			if (type != null) {
				types.add(type);
			}
		}
		catch (BeansException ex) {
			// A bean whose class cannot be loaded is of no type, and fails by itself.
		}
	}

}
