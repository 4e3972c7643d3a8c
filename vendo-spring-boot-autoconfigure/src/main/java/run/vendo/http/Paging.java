package run.vendo.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How a list is walked that is answered in parts, by offset and limit. Immutable.
 * <p>
 * The walk ends with the list's total, where the platform tells it; else with a part that
 * has fewer items than were asked for, or than the platform says that it gives at once:
 * the field of the answer that is called as the parameter for the size is. Where it says
 * neither, ask for no more than it gives. The walk also ends with an empty part, and with
 * one that was there before, as when the platform takes no notice of the offset.
 *
 * @since 0.1.0
 * @see HttpApi#pages(Paging, Class)
 */
public final class Paging {

	/** How many items a part may be asked to have at most. */
	public static final int MAX_PAGE_SIZE = 1000;

	private static final int DEFAULT_PAGE_SIZE = 100;

	private final String path;

	private final List<@Nullable Object> variables;

	private String limitParameter = "limit";

	private String offsetParameter = "offset";

	private @Nullable String itemsField;

	private String totalField = "total";

	private int pageSize = DEFAULT_PAGE_SIZE;

	private long firstOffset;

	private List<Parameter> parameters = List.of();

	private Paging(String path, List<@Nullable Object> variables) {
		this.path = path;
		this.variables = variables;
	}

	/**
	 * Return how a list is walked that has the usual names: {@code limit}, {@code offset}
	 * and {@code total}. Its items are the answer itself or its only list.
	 * @param path path or absolute URL, with variables in braces
	 * @param variables the values of the variables, in order
	 * @return the paging
	 */
	public static Paging of(String path, Object... variables) {
		Assert.notNull(path, "'path' must not be null");
		return new Paging(path, new ArrayList<>(Arrays.asList(variables)));
	}

	private Paging copy() {
		Paging copy = new Paging(this.path, this.variables);
		copy.limitParameter = this.limitParameter;
		copy.offsetParameter = this.offsetParameter;
		copy.itemsField = this.itemsField;
		copy.totalField = this.totalField;
		copy.pageSize = this.pageSize;
		copy.firstOffset = this.firstOffset;
		copy.parameters = this.parameters;
		return copy;
	}

	/**
	 * Set the names of the parameters, prefixed where the endpoint has them so.
	 * @param limit the name of the parameter for the size of a part, for example
	 * {@code page[limit]}
	 * @param offset the name of the parameter for where it begins
	 * @return a new paging
	 */
	public Paging parameters(String limit, String offset) {
		Assert.hasText(limit, "'limit' must not be blank");
		Assert.hasText(offset, "'offset' must not be blank");
		Paging copy = copy();
		copy.limitParameter = limit;
		copy.offsetParameter = offset;
		return copy;
	}

	/**
	 * Set which field of the answer holds the items.
	 * @param itemsField the name of the field
	 * @return a new paging
	 */
	public Paging itemsField(String itemsField) {
		Assert.hasText(itemsField, "'itemsField' must not be blank");
		Paging copy = copy();
		copy.itemsField = itemsField;
		return copy;
	}

	/**
	 * Set which field of the answer tells how long the list is.
	 * @param totalField the name of the field
	 * @return a new paging
	 */
	public Paging totalField(String totalField) {
		Assert.hasText(totalField, "'totalField' must not be blank");
		Paging copy = copy();
		copy.totalField = totalField;
		return copy;
	}

	/**
	 * Set how many items a part is asked to have, 100 unless set.
	 * @param pageSize the number of items, from 1 to {@value #MAX_PAGE_SIZE}
	 * @return a new paging
	 */
	public Paging pageSize(int pageSize) {
		Assert.isTrue(pageSize >= 1 && pageSize <= MAX_PAGE_SIZE,
				() -> "'pageSize' must be from 1 to " + MAX_PAGE_SIZE);
		Paging copy = copy();
		copy.pageSize = pageSize;
		return copy;
	}

	/**
	 * Set where the walk begins, with the first item unless set.
	 * @param offset how many items are left out
	 * @return a new paging
	 */
	public Paging startAt(long offset) {
		Assert.isTrue(offset >= 0, "'offset' must not be negative");
		Paging copy = copy();
		copy.firstOffset = offset;
		return copy;
	}

	/**
	 * Add a query parameter that goes along with every part.
	 * @param name its name
	 * @param values its values
	 * @return a new paging
	 */
	public Paging query(String name, Object... values) {
		Assert.hasText(name, "'name' must not be blank");
		Paging copy = copy();
		copy.parameters = new ArrayList<>(this.parameters);
		copy.parameters.add(new Parameter(name, values.clone()));
		return copy;
	}

	ReactiveHttpApi.Request request(ReactiveHttpApi http, long offset) {
		ReactiveHttpApi.Request request = http.get(this.path, this.variables.toArray());
		for (Parameter parameter : this.parameters) {
			request.query(parameter.name(), parameter.values());
		}
		return request.query(this.limitParameter, this.pageSize).query(this.offsetParameter, offset);
	}

	@Nullable String itemsField() {
		return this.itemsField;
	}

	/**
	 * Return the field of the answer that tells how many items a part can have, where it
	 * has one: it is called as the parameter is, without a prefix.
	 */
	String limitField() {
		String name = this.limitParameter.replaceAll("[\\[\\]]+$", "");
		return name.substring(Math.max(name.lastIndexOf('['), name.lastIndexOf('.')) + 1);
	}

	String totalField() {
		return this.totalField;
	}

	int pageSize() {
		return this.pageSize;
	}

	long firstOffset() {
		return this.firstOffset;
	}

	private record Parameter(String name, Object[] values) {

	}

}
