package run.vendo.test;

/**
 * What a request comes to.
 */
sealed interface Outcome permits Reply, EventStream {

}
