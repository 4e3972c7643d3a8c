/**
 * The signed-in user, as the Vendo proxy tells the application.
 */
@NullMarked
package run.vendo.sso;

import org.jspecify.annotations.NullMarked;
