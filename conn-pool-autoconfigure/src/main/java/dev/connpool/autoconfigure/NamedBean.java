package dev.connpool.autoconfigure;

import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;

/**
 * A bean with the name that messages give it.
 *
 * @param <T> the type of the bean
 * @param name its name, or that of its class if it is no singleton
 * @param bean the bean
 */
record NamedBean<T>(String name, T bean) {

	/**
	 * Name all beans of a type.
	 * @param <T> the type of the beans
	 * @param beans the beans
	 * @param type their type
	 * @param beanFactory knows their names
	 * @return the beans in their order
	 */
	static <T> List<NamedBean<T>> ordered(ObjectProvider<T> beans, Class<?> type, ListableBeanFactory beanFactory) {
		Map<String, ?> names = BeanFactoryUtils.beansOfTypeIncludingAncestors(beanFactory, type, false, true);
		return beans.orderedStream().map((bean) -> new NamedBean<>(name(bean, names), bean)).toList();
	}

	private static String name(Object bean, Map<String, ?> names) {
		return names.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() == bean)
			.map(Map.Entry::getKey)
			.findFirst()
			.orElseGet(() -> bean.getClass().getName());
	}

}
