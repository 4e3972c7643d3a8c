/**
 * The code of the guide's page about testing, run as tests.
 */
package run.vendo.test.docs;
