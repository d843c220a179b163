/** The run could not begin, or not go on, for a reason that is neither the user's flags nor the harness's fault. */
export class RunStopped extends Error {
  override readonly name = "RunStopped";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
