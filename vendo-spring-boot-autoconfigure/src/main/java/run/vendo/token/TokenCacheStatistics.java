package run.vendo.token;

/**
 * How a {@link TokenCache} has served those who asked.
 *
 * @param size how many tokens are kept at present, those included that have just expired
 * @param hits how often a token was there
 * @param misses how often there was none, whether it was then asked for or another caller
 * was already waiting for it
 * @since 0.1.0
 */
public record TokenCacheStatistics(long size, long hits, long misses) {

}
