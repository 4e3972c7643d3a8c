package run.vendo.event;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;

import run.vendo.error.TransportException;
import run.vendo.error.VendoException;
import run.vendo.http.Blocking;

/**
 * A stream of events for a thread that may wait. It holds a few events that were not
 * taken yet; beyond these the platform is slowed down.
 * <p>
 * All iterators of a stream take from the same events, so that several threads can share
 * the work. Closing the stream ends the wait of all of them.
 *
 * @since 0.1.0
 * @see EventsApi#subscribe()
 */
public final class EventStream implements AutoCloseable, Iterable<VendoEvent> {

	private static final int CAPACITY = 16;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Deque<VendoEvent> events = new ArrayDeque<>();

	private final Receiver receiver = new Receiver();

	private int taken;

	private boolean ended;

	private @Nullable Throwable failure;

	private EventStream() {
	}

	/**
	 * Open a stream of whatever a publisher publishes.
	 * @param events the publisher, which is subscribed to at once
	 * @return a new stream
	 * @throws VendoException if the publisher fails at once
	 */
	public static EventStream of(Publisher<? extends VendoEvent> events) {
		EventStream stream = new EventStream();
		Flux.from(events).subscribe(stream.receiver);
		if (stream.failure instanceof VendoException refused && stream.events.isEmpty()) {
			throw refused.atCaller();
		}
		return stream;
	}

	/**
	 * Return an iterator that waits for the next event. It ends when the stream is closed
	 * or has ended.
	 * <p>
	 * A thread that is interrupted while it waits gets a {@link TransportException}, with
	 * its interrupt flag set; no event is lost by it.
	 * @return a new iterator over the events that nobody took yet
	 */
	@Override
	public Iterator<VendoEvent> iterator() {
		return new EventIterator();
	}

	/**
	 * Return the events as a stream that waits for them. Closing it closes this one.
	 * @return a new sequential stream over the events that nobody took yet
	 */
	public Stream<VendoEvent> stream() {
		int characteristics = Spliterator.ORDERED | Spliterator.NONNULL;
		return StreamSupport.stream(Spliterators.spliteratorUnknownSize(iterator(), characteristics), false)
			.onClose(this::close);
	}

	/**
	 * Close the connection and end the wait of everybody who waits for an event. Events
	 * that nobody took are gone. Does nothing the second time.
	 */
	@Override
	public void close() {
		this.receiver.cancel();
		this.lock.lock();
		try {
			this.ended = true;
			this.failure = null;
			this.events.clear();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private @Nullable VendoEvent take() {
		Blocking.requireBlockingThread();
		VendoEvent event;
		int wanted = 0;
		this.lock.lock();
		try {
			while (this.events.isEmpty() && !this.ended) {
				this.changed.await();
			}
			event = this.events.pollFirst();
			if (event == null) {
				raise(this.failure);
				return null;
			}
			this.taken++;
			if (this.taken == CAPACITY / 2) {
				wanted = this.taken;
				this.taken = 0;
			}
		}
		catch (InterruptedException ex) {
			throw Blocking.interrupted(ex, "an event");
		}
		finally {
			this.lock.unlock();
		}
		if (wanted > 0) {
			// Not under the lock: the next events may be handed over by this very call.
			this.receiver.request(wanted);
		}
		return event;
	}

	private static void raise(@Nullable Throwable failure) {
		if (failure instanceof VendoException vendo) {
			throw vendo.atCaller();
		}
		if (failure != null) {
			throw new IllegalStateException("The event stream failed in an unforeseen way", failure);
		}
	}

	/**
	 * Takes what comes.
	 */
	private final class Receiver extends BaseSubscriber<VendoEvent> {

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			subscription.request(CAPACITY);
		}

		@Override
		protected void hookOnNext(VendoEvent event) {
			EventStream.this.lock.lock();
			try {
				if (!EventStream.this.ended) {
					EventStream.this.events.addLast(event);
					EventStream.this.changed.signal();
				}
			}
			finally {
				EventStream.this.lock.unlock();
			}
		}

		@Override
		protected void hookOnError(Throwable failure) {
			EventStream.this.failure = failure;
		}

		@Override
		protected void hookFinally(SignalType type) {
			EventStream.this.lock.lock();
			try {
				EventStream.this.ended = true;
				EventStream.this.changed.signalAll();
			}
			finally {
				EventStream.this.lock.unlock();
			}
		}

	}

	private final class EventIterator implements Iterator<VendoEvent> {

		private @Nullable VendoEvent next;

		@Override
		public boolean hasNext() {
			if (this.next == null) {
				this.next = take();
			}
			return this.next != null;
		}

		@Override
		public VendoEvent next() {
			VendoEvent event = hasNext() ? this.next : null;
			if (event == null) {
				throw new NoSuchElementException("The event stream has ended");
			}
			this.next = null;
			return event;
		}

	}

}
