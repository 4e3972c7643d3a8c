package run.vendo.http;

/**
 * Counts nothing.
 */
enum NoRecorder implements ClientRecorder {

	INSTANCE

}
