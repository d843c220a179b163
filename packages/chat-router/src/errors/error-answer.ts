import { ChatError } from "@onechat/chat-domain";
import type { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { type TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { z } from "zod";
import type { ErrorShape, InputIssue } from "./error-shape.ts";
import { isOfDomain } from "./error-status.ts";

/** What an error does not know of itself. */
export interface ErrorOrigin {
  /** The procedure that was called; absent where there is none, as then the path is the caller's own text. */
  readonly path?: string | null | undefined;
  /** What the host calls the request in its logs. */
  readonly requestId?: string | null | undefined;
}

/**
 * The shape of an error for its caller: what they can act on, and nothing of the inside. To be the `errorFormatter` of the
 * host's tRPC: then its clients find the domain's reason in `data.reason`, as `isChatError` of the client looks for it.
 *
 * @example
 * ```ts
 * import { errorShape } from "@onechat/chat-router";
 * import { initTRPC } from "@trpc/server";
 *
 * export const t = initTRPC.create({
 *   errorFormatter: ({ error, path }) => errorShape(error, { path }),
 * });
 *
 * // Or beside the shape that one has already.
 * export const own = initTRPC.create({
 *   errorFormatter: ({ error, path, shape }) => ({ ...shape, data: { ...shape.data, ...errorShape(error, { path }).data } }),
 * });
 * ```
 */
export function errorShape(error: TRPCError, { path = null, requestId = null }: ErrorOrigin): ErrorShape {
  const issues = inputIssues(error.cause);
  const refusal = isOfDomain(error) ? error.cause : null;
  return {
    message: messageFor(error, issues, path),
    code: TRPC_ERROR_CODES_BY_KEY[error.code],
    data: {
      code: error.code,
      httpStatus: getHTTPStatusCodeFromError(error),
      reason: refusal?.code ?? (issues.some(concernsIdentity) ? "INVALID_PARTICIPANTS" : null),
      position: refusal?.position ?? issues.map(positionOf).find((position) => position !== null) ?? null,
      issues,
      requestId,
      path,
    },
  };
}

/**
 * Whether nobody foresaw an error: its text may say anything, so it belongs into the log and stays inside.
 *
 * @example
 * ```ts
 * import { isUnforeseen } from "@onechat/chat-router";
 * import { initTRPC } from "@trpc/server";
 * import { createHTTPServer } from "@trpc/server/adapters/standalone";
 *
 * createHTTPServer({
 *   router: initTRPC.create().router({}),
 *   onError: ({ error }) => {
 *     if (isUnforeseen(error)) console.error(error.cause ?? error);
 *   },
 * });
 * ```
 */
export function isUnforeseen(error: TRPCError): boolean {
  return error.code === "INTERNAL_SERVER_ERROR" && !(error.cause instanceof ChatError);
}

function messageFor(error: TRPCError, issues: readonly InputIssue[], path: string | null): string {
  if (isUnforeseen(error)) return "internal error";
  if (issues.length === 0) return ownWords(error, path);
  return issues
    .map((issue) => (issue.path === "" ? issue.message : `${issue.path}: ${issue.message}`))
    .join("; ");
}

/** The frameworks' messages may quote paths, headers and pieces of the body, and those hold ids of people. */
const frameworkMessages: Partial<Record<TRPC_ERROR_CODE_KEY, string>> = {
  PARSE_ERROR: "the input is not valid JSON",
  UNSUPPORTED_MEDIA_TYPE: "a body must be JSON, with content-type: application/json",
};

function ownWords(error: TRPCError, path: string | null): string {
  if (error.cause instanceof ChatError) return error.message;
  if (error.cause instanceof SyntaxError) return "the input is not valid JSON";
  if (error.cause instanceof URIError) return "the path is not a valid URL";
  if (error.code === "NOT_FOUND" && path === null) return "there is nothing at this path";
  return frameworkMessages[error.code] ?? error.message;
}

/** Recognised by structure: tRPC and the REST facade may each bring a zod of their own. */
const InputErrorCause = z.object({
  issues: z.array(z.object({ path: z.array(z.unknown()), code: z.string(), message: z.string() })),
});

/** At most ten: a caller mends the first ones anyway, and an answer must not be larger than its question. */
function inputIssues(cause: unknown): readonly InputIssue[] {
  const parsed = InputErrorCause.safeParse(cause);
  if (!parsed.success) return [];
  return parsed.data.issues.slice(0, 10).map(({ path, code, message }) => ({
    path: path.map(String).join("."),
    code,
    message: code === "unrecognized_keys" ? "there are fields that are not known" : message,
  }));
}

function concernsIdentity({ path }: InputIssue): boolean {
  return /^(participants|participant|scope)\b/.test(path);
}

function positionOf({ path }: InputIssue): number | null {
  const position = /^participants\.(\d+)/.exec(path)?.[1];
  return position === undefined ? null : Number(position);
}
