package run.vendo.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

import run.vendo.error.VendoException;

/**
 * Lets calls that are made at the same moment share one request. Nothing is kept once the
 * answer is there.
 *
 * @param <K> what tells calls apart
 * @param <V> what they answer
 */
final class SharedCalls<K, V> {

	private final ConcurrentMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();

	/**
	 * Join the call that is under way for a key, or make it.
	 * @param key what tells calls apart
	 * @param call makes the call
	 * @return the answer; a caller that gives up does not stop the call for the others
	 */
	Mono<V> share(K key, Supplier<Mono<V>> call) {
		return Mono.deferContextual((context) -> {
			CompletableFuture<V> mine = new CompletableFuture<>();
			CompletableFuture<V> other = this.underWay.putIfAbsent(key, mine);
			if (other != null) {
				return join(other);
			}
			// Out of the map before anyone is told: whoever calls after the answer makes
			// a call of its own.
			try {
				Mono.defer(call).contextWrite(context).subscribe(new Landing(key, mine));
			}
			catch (RuntimeException | Error ex) {
				// What Reactor takes for fatal is thrown and not signalled.
				this.underWay.remove(key, mine);
				mine.completeExceptionally(ex);
				throw ex;
			}
			return join(mine);
		});
	}

	private Mono<V> join(CompletableFuture<V> call) {
		return Mono.fromFuture(call, true).onErrorMap(VendoException.class, VendoException::atCaller);
	}

	/**
	 * Brings the answer to all who wait. One subscriber, for this is in the way of every
	 * call.
	 */
	private final class Landing extends BaseSubscriber<V> {

		private final K key;

		private final CompletableFuture<V> call;

		Landing(K key, CompletableFuture<V> call) {
			this.key = key;
			this.call = call;
		}

		@Override
		protected void hookOnNext(V value) {
			SharedCalls.this.underWay.remove(this.key, this.call);
			this.call.complete(value);
		}

		@Override
		protected void hookOnComplete() {
			SharedCalls.this.underWay.remove(this.key, this.call);
			this.call.complete(null);
		}

		@Override
		protected void hookOnError(Throwable failure) {
			SharedCalls.this.underWay.remove(this.key, this.call);
			this.call.completeExceptionally(failure);
		}

	}

}
