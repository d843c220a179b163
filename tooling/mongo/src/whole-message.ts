/** One line with the message and those of its causes: what really happened is often buried several levels down. */
export function wholeMessage(error: unknown): string {
  let whole = error instanceof Error ? "" : String(error);
  let depth = 0;
  for (let cause = error; cause instanceof Error && depth < 10; cause = cause.cause) {
    const message = cause.message.replaceAll(/\s+/g, " ").trim();
    if (!whole.includes(message)) whole += whole === "" ? message : `: ${message}`;
    depth += 1;
  }
  return whole;
}
