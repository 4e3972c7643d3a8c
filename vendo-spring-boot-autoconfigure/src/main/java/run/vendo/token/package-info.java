/**
 * Provider tokens: the resolution chain, the cache, the catalog of providers for which an
 * application may bring its own key, and sessions that carry a token.
 */
@NullMarked
package run.vendo.token;

import org.jspecify.annotations.NullMarked;
