package run.vendo.http;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * What is observed. Beneath each call the HTTP client observes every request that the
 * call needed, as {@code http.client.requests}.
 *
 * @since 0.1.0
 */
public enum VendoObservationDocumentation implements ObservationDocumentation {

	/**
	 * A call of the platform with all its attempts, from when it is subscribed to until
	 * its answer is read. One that brings a stream ends when the answer begins.
	 */
	CLIENT_CALL {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return DefaultClientCallObservationConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return LowCardinalityKeyNames.values();
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return HighCardinalityKeyNames.values();
		}

	};

	/**
	 * Keys that may be tags of a meter: each of them has few values, and all are known
	 * beforehand.
	 *
	 * @since 0.1.0
	 */
	public enum LowCardinalityKeyNames implements KeyName {

		/**
		 * The account: {@code default} for the application's own, the name of a further
		 * one, or {@code _other}.
		 */
		ACCOUNT {

			@Override
			public String asString() {
				return "account";
			}

		},

		/** The API, for example {@code billing}. */
		API {

			@Override
			public String asString() {
				return "api";
			}

		},

		/** The operation, for example {@code balance}. */
		OPERATION {

			@Override
			public String asString() {
				return "operation";
			}

		},

		/**
		 * How it ended: {@code success}, {@code client-error}, {@code server-error},
		 * {@code invalid-answer}, {@code no-answer}, {@code cancelled}, or
		 * {@code unknown} while it has not.
		 */
		OUTCOME {

			@Override
			public String asString() {
				return "outcome";
			}

		},

		/** The class of the status, for example {@code 4xx}, or {@code none}. */
		STATUS {

			@Override
			public String asString() {
				return "status";
			}

		},

		/**
		 * The {@linkplain run.vendo.error.ErrorCode code} of the error, {@code none}, or
		 * {@code other} for one that this version does not know.
		 */
		CODE {

			@Override
			public String asString() {
				return "code";
			}

		}

	}

	/**
	 * Keys that belong to one call: in traces, and in no meter.
	 *
	 * @since 0.1.0
	 */
	public enum HighCardinalityKeyNames implements KeyName {

		/** How often it was sent. */
		ATTEMPTS {

			@Override
			public String asString() {
				return "attempts";
			}

		},

		/** The platform's id of the last request, or {@code none}. */
		REQUEST_ID {

			@Override
			public String asString() {
				return "request.id";
			}

		}

	}

}
