import { ChatError, type ChatErrorCode } from "@onechat/chat-domain";
import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";
import type { ErrorReason } from "./error-shape.ts";

/** The one place where the domain's codes become statuses; a code that is missing here does not compile. */
const statusNames = {
  INVALID_PARTICIPANTS: "BAD_REQUEST",
  CHAT_NOT_FOUND: "NOT_FOUND",
  FORBIDDEN: "FORBIDDEN",
  INTEGRITY: "INTERNAL_SERVER_ERROR",
  INDEX_MISSING: "SERVICE_UNAVAILABLE",
  MODEL_MISMATCH: "SERVICE_UNAVAILABLE",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
} as const satisfies Record<ChatErrorCode, TRPC_ERROR_CODE_KEY>;

/** Every {@link ErrorReason}, for descriptions of an API. */
export const errorReasons = Object.keys(statusNames) as readonly ErrorReason[];

/**
 * Any thrown value as tRPC's error: the domain's with the status of its code and kept as the cause, tRPC's own as it is.
 * What nobody foresaw is an internal error that keeps its cause for the log and says nothing to the caller.
 *
 * @example
 * ```ts
 * import { ChatError } from "@onechat/chat-domain";
 * import { toTrpcError } from "@onechat/chat-router";
 *
 * toTrpcError(new ChatError("CHAT_NOT_FOUND", "there is no chat with this id")).code; // "NOT_FOUND"
 * ```
 */
export function toTrpcError(error: unknown): TRPCError {
  if (isTrpcError(error) && !isWrapped(error)) return error;
  const thrown = isTrpcError(error) ? error.cause : error;
  if (thrown instanceof ChatError)
    return new TRPCError({ code: statusNames[thrown.code], message: thrown.message, cause: thrown });
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "internal error", cause: thrown });
}

/** Whether an error is the domain's refusal; a host that gives one as the cause of an error of its own refuses itself. */
export function isOfDomain(error: TRPCError): error is TRPCError & { readonly cause: ChatError } {
  return error.cause instanceof ChatError && error.code === statusNames[error.cause.code];
}

/** By name, as tRPC does it: a host may have a copy of tRPC of its own. */
function isTrpcError(error: unknown): error is TRPCError {
  return error instanceof Error && error.name === "TRPCError";
}

/** tRPC puts an error of its own around whatever else is thrown in a procedure. */
function isWrapped({ code, cause }: TRPCError): boolean {
  return code === "INTERNAL_SERVER_ERROR" && cause !== undefined && !isTrpcError(cause);
}
