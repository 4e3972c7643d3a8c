package run.vendo.http;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param <T> what it is a list of
 * @param items what is in this part; unmodifiable
 * @param offset how many items are before it
 * @param limit how many items were asked for
 * @param total how many items the whole list has, or {@code null} where the platform does
 * not say
 * @since 0.1.0
 */
public record Page<T>(List<T> items, long offset, int limit, @Nullable Long total) {

	public Page {
		items = List.copyOf(items);
	}

}
