import { ChatError } from "@onechat/chat-domain";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { type TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { z } from "zod";
import { domainError } from "./error-status.ts";
import type { ErrorShape, InputIssue } from "./error-shape.ts";

export interface ErrorOrigin {
  readonly requestId: string | null;
  readonly path: string | null;
}

/** The shape of an error for its caller: what they can act on, and nothing of the inside. */
export function errorShape(error: TRPCError, { requestId, path }: ErrorOrigin): ErrorShape {
  const issues = inputIssues(error.cause);
  const refusal = error.cause instanceof ChatError ? error.cause : null;
  return {
    message: messageFor(error, issues),
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

/** Any thrown value as tRPC's error; what nobody foresaw keeps its cause for the log and says nothing to the caller. */
export function toTrpcError(error: unknown): TRPCError {
  if (error instanceof TRPCError) return error;
  if (error instanceof ChatError) return domainError(error);
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "internal error", cause: error });
}

/** Errors that nobody foresaw: their text may say anything, so it stays inside. */
export function isUnforeseen(error: TRPCError): boolean {
  return error.code === "INTERNAL_SERVER_ERROR" && !(error.cause instanceof ChatError);
}

function messageFor(error: TRPCError, issues: readonly InputIssue[]): string {
  if (isUnforeseen(error)) return "internal error";
  if (issues.length === 0) return ownWords(error);
  return issues
    .map((issue) => (issue.path === "" ? issue.message : `${issue.path}: ${issue.message}`))
    .join("; ");
}

/** The frameworks' messages may quote paths, headers and pieces of the body, and those hold ids of people. */
const frameworkMessages: Partial<Record<TRPC_ERROR_CODE_KEY, string>> = {
  PARSE_ERROR: "the input is not valid JSON",
  NOT_FOUND: "there is nothing at this path",
  UNSUPPORTED_MEDIA_TYPE: "a body must be JSON, with content-type: application/json",
};

function ownWords(error: TRPCError): string {
  if (error.cause instanceof ChatError) return error.message;
  if (error.cause instanceof SyntaxError) return "the input is not valid JSON";
  if (error.cause instanceof URIError) return "the path is not a valid URL";
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
