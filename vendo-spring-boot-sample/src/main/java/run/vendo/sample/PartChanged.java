package run.vendo.sample;

/**
 * Published when a part of the page would look different from now on.
 *
 * @param part which one
 */
record PartChanged(Part part) {

}
