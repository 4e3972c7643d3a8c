package run.vendo.test;

/**
 * A host of the platform. Each has a port of its own, as the real ones have names of
 * their own, so that a path on one cannot be taken for a path on another.
 */
enum Role {

	/** The API and the connect portal. */
	API,

	/** The credentials worker. */
	CREDENTIALS,

	/** The data proxy. */
	DATA_PROXY

}
