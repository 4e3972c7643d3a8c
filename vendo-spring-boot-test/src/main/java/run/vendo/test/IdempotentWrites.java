package run.vendo.test;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Does a write with an idempotency key once, however often it is sent. A write that
 * failed may be tried again under the same key.
 */
final class IdempotentWrites {

	static final String HEADER = "Idempotency-Key";

	private static final int KEPT = 1000;

	private final Guard guard;

	private final Map<String, Write> writes = new LinkedHashMap<>() {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Write> eldest) {
			return size() > KEPT;
		}

	};

	IdempotentWrites(Guard guard) {
		this.guard = guard;
	}

	/**
	 * Do a write, unless it was done before.
	 * @param caller who asks for it: keys of different callers are different keys
	 * @param work does the write
	 * @throws Refusal if the key was used for another write
	 */
	Reply once(Call call, String caller, Supplier<Reply> work) {
		String key = call.headers().getFirst(HEADER);
		if (key == null) {
			return work.get();
		}
		String scope = call.role() + " " + call.method() + " " + call.path() + "\n" + key + "\n" + caller;
		return this.guard.get(() -> {
			Write known = this.writes.get(scope);
			if (known == null) {
				Reply reply = work.get();
				if (reply.isSuccess()) {
					this.writes.put(scope, new Write(call.body(), reply));
				}
				return reply;
			}
			if (!Arrays.equals(known.body, call.body())) {
				throw new Refusal(409, "idempotency_conflict", "The idempotency key was used with another request");
			}
			return known.reply.with("Idempotency-Replayed", "true");
		});
	}

	private record Write(byte[] body, Reply reply) {

	}

}
