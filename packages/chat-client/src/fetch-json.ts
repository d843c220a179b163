import { foreignRefusal } from "./foreign-refusal.ts";
import { PermanentCallError } from "./permanent-call-error.ts";

/** What tRPC's links and the retry policy read of a response. */
export interface JsonResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Pick<Headers, "get">;
  readonly json: () => Promise<unknown>;
}

/** Types of Node do not know it; browsers and frameworks do; some runtimes of workers throw at it. */
function notStored(): object {
  const init: object = { cache: "no-store" };
  if (typeof Request !== "function") return init;
  try {
    void new Request("http://127.0.0.1", init);
    return init;
  } catch {
    return {};
  }
}

/**
 * `fetch` that answers in the API's shape only: what a proxy, a gateway or another server refuses in words of its own
 * becomes a refusal with its status. Nothing on the way keeps an answer: who is in a chat may change.
 *
 * @throws PermanentCallError when something else came as if all were well: the URL is not that of a chat API
 */
export async function fetchJson(
  fetch: typeof globalThis.fetch,
  ...[url, init]: Parameters<typeof fetch>
): Promise<JsonResponse> {
  const response = await fetch(url, { ...init, ...notStored() });
  const { ok, status, headers } = response;
  const body = isJson(response) ? parsed(await response.text()) : await response.body?.cancel();
  if (isAnswer(body, ok)) return { ok, status, headers, json: async () => body };
  const message = `status ${status} with ${headers.get("content-type") ?? "no content type"}: no answer of a chat API`;
  if (ok) throw new PermanentCallError(`${message}; is the URL right?`);
  return { ok, status, headers, json: async () => foreignRefusal(status, message) };
}

function isJson({ headers }: Response): boolean {
  return /^application\/json\b/i.test(headers.get("content-type") ?? "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An answer of tRPC, or one for each call of a batch. Gateways refuse with JSON too, and often under `error`. */
function isAnswer(body: unknown, ok: boolean): boolean {
  const answers: readonly unknown[] = Array.isArray(body) ? body : [body];
  return answers.every((answer) => {
    if (typeof answer !== "object" || answer === null) return false;
    if ("result" in answer) return ok;
    const { error } = answer as {
      readonly error?: { readonly data?: { readonly httpStatus?: unknown } } | null;
    };
    return typeof error?.data?.httpStatus === "number";
  });
}
