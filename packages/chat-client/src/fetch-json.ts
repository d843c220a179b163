import { PermanentCallError } from "./permanent-call-error.ts";

/** A proxy's or another server's page in place of the API's answer. */
export class UnexpectedResponse extends Error {
  override readonly name = "UnexpectedResponse";
  readonly status: number;
  readonly retryAfter: string | null;

  constructor({ status, headers }: Response) {
    super(
      `status ${status} with ${headers.get("content-type") ?? "no content type"}: no answer of a chat API`,
    );
    this.status = status;
    this.retryAfter = headers.get("retry-after");
  }
}

/**
 * `fetch` that only lets JSON through.
 *
 * @throws UnexpectedResponse when an error page came
 * @throws PermanentCallError when a page came as if all were well: the URL is not that of a chat API
 */
export async function fetchJson(
  fetch: typeof globalThis.fetch,
  ...request: Parameters<typeof fetch>
): Promise<Response> {
  const response = await fetch(...request);
  if (/^application\/json\b/.test(response.headers.get("content-type") ?? "")) return response;
  await response.body?.cancel();
  const unexpected = new UnexpectedResponse(response);
  throw response.ok
    ? new PermanentCallError(`${unexpected.message}; is the URL right?`, { cause: unexpected })
    : unexpected;
}
