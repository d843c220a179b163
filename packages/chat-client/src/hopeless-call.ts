/** A call that failed for a reason that sending it again cannot mend. */
export class HopelessCall extends Error {
  override readonly name = "HopelessCall";
}
