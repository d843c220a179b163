import { type Operation, retryLink, type TRPCLink } from "@trpc/client";
import type { AppRouter } from "./app-router.ts";
import type { ResolvedChatClientOptions } from "./chat-client-options.ts";
import type { ChatClientError } from "./chat-error.ts";
import { HopelessCall } from "./hopeless-call.ts";
import { ForeignAnswer } from "./json-answers.ts";

/** Mutations that may be sent twice: create-or-get answers a repetition with the same chat. */
const idempotentMutations: ReadonlySet<string> = new Set(["chat.createOrGet"]);

/** Too many requests, and the ways of a server or proxy to say "not now". */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const longestDelayMs = 2_000;

/** Marks, in an operation's context, that its token was refused: the next attempt asks for a new one. */
export const tokenRefused = "tokenRefused";

/** Repeats what is safe to repeat and failed for a passing reason, with full jitter, not before the server allows. */
export function retryPolicy(options: ResolvedChatClientOptions): TRPCLink<AppRouter> {
  return (runtime) => (call) => {
    let earliestMs = 0;
    const link = retryLink<AppRouter>({
      retry: ({ op, error, attempts }) => {
        earliestMs = retryAfterMs(error);
        if (isRefusedToken(error)) return renewToken(options, op);
        return (
          attempts <= options.retries && isSafe(op) && isPassing(error) && earliestMs <= options.timeoutMs
        );
      },
      retryDelayMs: (attempt) =>
        Math.max(earliestMs, Math.random() * Math.min(longestDelayMs, 50 * 2 ** attempt)),
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
  if (error.cause instanceof HopelessCall) return false;
  const status = statusOf(error);
  return status === null || passingStatuses.has(status);
}

function isRefusedToken(error: ChatClientError): boolean {
  return statusOf(error) === 401;
}

function statusOf(error: ChatClientError): number | null {
  const foreign = error.cause instanceof ForeignAnswer ? error.cause.status : null;
  return error.data?.httpStatus ?? responseOf(error)?.status ?? foreign;
}

function retryAfterMs(error: ChatClientError): number {
  const seconds = Number(responseOf(error)?.headers.get("retry-after") ?? 0);
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}

function responseOf(error: ChatClientError): Response | null {
  const response: unknown = error.meta?.["response"];
  return response instanceof Response ? response : null;
}
