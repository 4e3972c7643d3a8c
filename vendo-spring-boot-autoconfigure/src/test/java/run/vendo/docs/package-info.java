/**
 * The code of the user guide, and the checks that keep the guide true.
 */
package run.vendo.docs;
