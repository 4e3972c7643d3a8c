/**
 * The user behind a request as the user of Spring Security.
 */
@NullMarked
package run.vendo.autoconfigure.security;

import org.jspecify.annotations.NullMarked;
