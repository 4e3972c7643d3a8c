/**
 * Webhooks: verification of their signature, and what they say.
 */
@NullMarked
package run.vendo.webhook;

import org.jspecify.annotations.NullMarked;
