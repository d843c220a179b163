import type { ChatErrorCode } from "@onechat/chat-domain";
import { TRPCError } from "@trpc/server";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";

/** The one place where the domain's codes become statuses; a code that is missing here does not compile. */
const statusNames = {
  INVALID_PARTICIPANTS: "BAD_REQUEST",
  CHAT_NOT_FOUND: "NOT_FOUND",
  FORBIDDEN: "FORBIDDEN",
  INTEGRITY: "INTERNAL_SERVER_ERROR",
  INDEX_MISSING: "SERVICE_UNAVAILABLE",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
} as const satisfies Record<ChatErrorCode, TRPC_ERROR_CODE_KEY>;

/** The domain's error as tRPC's, kept as its cause. */
export function domainError(error: { readonly code: ChatErrorCode; readonly message: string }): TRPCError {
  return new TRPCError({ code: statusNames[error.code], message: error.message, cause: error });
}
