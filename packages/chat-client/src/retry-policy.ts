import { type Operation, retryLink, type TRPCLink } from "@trpc/client";
import type { AppRouter } from "./app-router.ts";
import type { ResolvedChatClientOptions } from "./chat-client-options.ts";
import type { ChatClientError } from "./chat-error.ts";
import { PermanentCallError } from "./permanent-call-error.ts";
import type { JsonResponse } from "./fetch-json.ts";

/** Mutations that may be sent twice: create-or-get answers a repetition with the same chat. */
const idempotentMutations: ReadonlySet<string> = new Set(["chat.createOrGet"]);

/** Too many requests, and the ways of a server or proxy to say "not now". */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const longestDelayMs = 2_000;

/** Marks, in an operation's context, that its token was refused: the next attempt asks for a new one. */
export const tokenRefused = "tokenRefused";

/**
 * Repeats what is safe to repeat and failed for a passing reason, with full jitter on top of the time that the server
 * asks for: all whom it sent away together must not come back together. Where that time is past the call's deadline, the
 * refusal is the answer, at once.
 */
export function retryPolicy(options: ResolvedChatClientOptions): TRPCLink<AppRouter> {
  return (runtime) => (call) => {
    const deadline = performance.now() + options.timeoutMs;
    let earliestMs = 0;
    const link = retryLink<AppRouter>({
      retry: ({ op, error, attempts }) => {
        earliestMs = retryAfterMs(error);
        if (isRefusedToken(error)) return renewToken(options, op);
        const inTime = performance.now() + earliestMs < deadline;
        return attempts <= options.retries && isSafe(op) && isPassing(error) && inTime;
      },
      retryDelayMs: (attempt) => earliestMs + Math.random() * Math.min(longestDelayMs, 50 * 2 ** attempt),
    });
    return link(runtime)(call);
  };
}

/** Once per call, and only where the application can come up with another token. */
function renewToken(options: ResolvedChatClientOptions, op: Operation): boolean {
  if (!options.tokenIsRenewable || op.context[tokenRefused] === true) return false;
  op.context[tokenRefused] = true;
  return true;
}

function isSafe(op: Operation): boolean {
  return op.signal?.aborted !== true && (op.type === "query" || idempotentMutations.has(op.path));
}

/** No status at all means that no answer arrived: refused, reset, or cut off. */
function isPassing(error: ChatClientError): boolean {
  if (error.cause instanceof PermanentCallError) return false;
  return error.data === undefined || error.data === null || passingStatuses.has(error.data.httpStatus);
}

function isRefusedToken(error: ChatClientError): boolean {
  return error.data?.httpStatus === 401;
}

/** Seconds, or a date as proxies like to write it (RFC 9110, section 10.2.3). */
function retryAfterMs(error: ChatClientError): number {
  const response = error.meta?.["response"] as JsonResponse | undefined;
  const text = response?.headers.get("retry-after") ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const waitMs = Date.parse(text) - Date.now();
  return waitMs > 0 ? waitMs : 0;
}
