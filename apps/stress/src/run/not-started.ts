/** The run could not begin, for a reason that is neither the user's flags nor the harness's fault. */
export class NotStarted extends Error {
  override readonly name = "NotStarted";
}
