/**
 * Code of the guide that needs more libraries than the main module has, run as tests.
 */
package run.vendo.docs;
