/**
 * The providers an application is connected to.
 */
@NullMarked
package run.vendo.connection;

import org.jspecify.annotations.NullMarked;
