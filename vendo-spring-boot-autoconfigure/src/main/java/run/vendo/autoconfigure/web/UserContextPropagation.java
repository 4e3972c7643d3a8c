package run.vendo.autoconfigure.web;

import io.micrometer.context.ContextRegistry;

/**
 * Lets the user travel with the context of a request, to other threads and between the
 * Reactor context and threads.
 */
final class UserContextPropagation {

	UserContextPropagation(ContextRegistry registry) {
		registry.registerThreadLocalAccessor(RequestUser.KEY, CurrentUser::get, CurrentUser::set, CurrentUser::clear);
	}

}
