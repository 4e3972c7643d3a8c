/**
 * What somebody who is signed in to the Vendo dashboard can do: deploy tools, look after
 * deployments, applications, keys and integrations.
 */
@NullMarked
package run.vendo.dashboard;

import org.jspecify.annotations.NullMarked;
