/** The message with those of its causes: what really happened is often buried several levels down. */
export function wholeMessage(error: unknown): string {
  const messages: string[] = [];
  for (let cause = error; cause instanceof Error && messages.length < 10; cause = cause.cause) {
    messages.push(cause.message);
  }
  return messages.length === 0 ? String(error) : messages.join(": ");
}
