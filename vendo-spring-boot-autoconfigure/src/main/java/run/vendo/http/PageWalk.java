package run.vendo.http;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;

/**
 * One walk along a list, part by part. Used by one thread at a time.
 *
 * @param <T> what items are read as
 */
final class PageWalk<T> {

	private static final int MOST_SEEN = 10_000;

	private final ReactiveHttpApi http;

	private final Paging paging;

	private final Class<T> type;

	private long offset;

	private boolean done;

	// What the latest parts were, as hashes.
	private final Set<String> seen = new LinkedHashSet<>();

	PageWalk(ReactiveHttpApi http, Paging paging, Class<T> type) {
		this.http = http;
		this.paging = paging;
		this.type = type;
		this.offset = paging.firstOffset();
	}

	static <T> Flux<Page<T>> pages(ReactiveHttpApi http, Paging paging, Class<T> type) {
		return Flux.defer(() -> {
			PageWalk<T> walk = new PageWalk<>(http, paging, type);
			// No part is asked for before there is demand for it.
			return Flux.<Integer>generate((sink) -> sink.next(1))
				.concatMap((tick) -> walk.next(), 0)
				.takeUntil((page) -> walk.done)
				.filter((page) -> !page.items().isEmpty());
		});
	}

	static <T> Stream<Page<T>> stream(ReactiveHttpApi http, Paging paging, Class<T> type) {
		return StreamSupport
			.stream(() -> Spliterators.spliteratorUnknownSize(new PageIterator<>(new PageWalk<>(http, paging, type)),
					Spliterator.ORDERED | Spliterator.NONNULL), Spliterator.ORDERED | Spliterator.NONNULL, false);
	}

	/**
	 * Return the next part; an empty one at the end.
	 */
	Mono<Page<T>> next() {
		return this.paging.request(this.http, this.offset).retrieve(JsonNode.class).map(this::read);
	}

	boolean isDone() {
		return this.done;
	}

	private Page<T> read(JsonNode answer) {
		JsonNode items = items(answer);
		Long total = total(answer);
		long at = this.offset;
		int size = items.size();
		if (size == 0 || !isNew(items)) {
			this.done = true;
			return new Page<>(List.of(), at, this.paging.pageSize(), total);
		}
		this.offset = at + size;
		// A part of another size than can be had at once, without a total, is all there
		// is.
		boolean full = size == this.paging.pageSize() || size == given(answer);
		this.done = (total != null) ? this.offset >= total : !full;
		return new Page<>(values(items), at, this.paging.pageSize(), total);
	}

	/**
	 * Return how many items a part can have: as many as were asked for, unless the answer
	 * says that the platform gives less at once.
	 */
	private int given(JsonNode answer) {
		JsonNode limit = answer.path(this.paging.limitField());
		boolean less = limit.isIntegralNumber() && limit.canConvertToInt() && limit.intValue() > 0
				&& limit.intValue() < this.paging.pageSize();
		return less ? limit.intValue() : this.paging.pageSize();
	}

	private boolean isNew(JsonNode items) {
		if (this.seen.size() >= MOST_SEEN) {
			Iterator<String> oldest = this.seen.iterator();
			oldest.next();
			oldest.remove();
		}
		return this.seen.add(new TextDigest().add(items.toString()).end());
	}

	private JsonNode items(JsonNode answer) {
		if (answer.isArray() && this.paging.itemsField() == null) {
			return answer;
		}
		if (this.paging.itemsField() != null) {
			JsonNode items = answer.path(this.paging.itemsField());
			if (items.isArray()) {
				return items;
			}
			throw invalid("has no list in the field '%s'".formatted(this.paging.itemsField()), null);
		}
		List<JsonNode> lists = new ArrayList<>();
		answer.forEach((field) -> {
			if (field.isArray()) {
				lists.add(field);
			}
		});
		if (lists.size() != 1) {
			throw invalid("has %d lists, and nothing says which of them to walk".formatted(lists.size()), null);
		}
		return lists.get(0);
	}

	private @Nullable Long total(JsonNode answer) {
		JsonNode total = answer.path(this.paging.totalField());
		return (total.isIntegralNumber() && total.canConvertToLong()) ? total.longValue() : null;
	}

	@SuppressWarnings("unchecked")
	private List<T> values(JsonNode items) {
		List<T> values = new ArrayList<>();
		for (JsonNode item : items) {
			try {
				T value = (this.type == JsonNode.class) ? (T) item : VendoJson.MAPPER.treeToValue(item, this.type);
				if (value == null) {
					throw invalid("has an item that is null", null);
				}
				values.add(value);
			}
			catch (JacksonException ex) {
				// Without the message, which quotes what it failed on.
				throw invalid("has an item that cannot be read as " + this.type.getName(), null);
			}
		}
		return values;
	}

	private static VendoException invalid(String what, @Nullable Throwable cause) {
		return ErrorDetails.of(ErrorCode.INVALID_RESPONSE)
			.summary("The answer " + what)
			.nextStep("Say which field holds the items and what they are: Paging.itemsField(name).")
			.attempts(1)
			.build()
			.toException(cause);
	}

	/**
	 * Waits for a part when it is asked for and not before.
	 */
	private static final class PageIterator<T> implements Iterator<Page<T>> {

		private final PageWalk<T> walk;

		private @Nullable Page<T> next;

		PageIterator(PageWalk<T> walk) {
			this.walk = walk;
		}

		@Override
		public boolean hasNext() {
			if (this.next == null && !this.walk.isDone()) {
				Page<T> page = Blocking.await(this.walk.next());
				this.next = page.items().isEmpty() ? null : page;
			}
			return this.next != null;
		}

		@Override
		public Page<T> next() {
			if (!hasNext() || this.next == null) {
				throw new NoSuchElementException();
			}
			Page<T> page = this.next;
			this.next = null;
			return page;
		}

	}

}
