/** The run could not begin, or not go on, for a reason that is neither the user's flags nor the harness's fault. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
}

/** What cannot be done here, a sentence each. */
export interface Shortcomings {
  /** Of what was asked for by name. */
  readonly omissions: readonly string[];
  /** Of what the profile would do. */
  readonly notes: readonly string[];
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
