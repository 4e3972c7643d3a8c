/**
 * The only package that opens a connection: request, retry, decoding, error mapping,
 * redaction and the escape hatch.
 */
@NullMarked
package run.vendo.http;

import org.jspecify.annotations.NullMarked;
