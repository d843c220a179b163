/** A call that failed for a reason that sending it again cannot mend. */
export class PermanentCallError extends Error {
  override readonly name = "PermanentCallError";
}
