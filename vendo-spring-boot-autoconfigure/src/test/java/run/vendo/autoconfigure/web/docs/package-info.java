/**
 * Code of the guide.
 */
package run.vendo.autoconfigure.web.docs;
