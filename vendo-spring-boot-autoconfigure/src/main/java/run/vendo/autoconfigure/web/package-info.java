/**
 * The user behind a request, and errors as answers, in Spring MVC and in WebFlux.
 */
@NullMarked
package run.vendo.autoconfigure.web;

import org.jspecify.annotations.NullMarked;
