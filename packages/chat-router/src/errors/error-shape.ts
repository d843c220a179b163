import type { TRPC_ERROR_CODE_NUMBER } from "@trpc/server/rpc";

/**
 * The domain's reason for a refusal. Spelled out because this file travels with the client's types, which know no
 * domain; a code of the domain that is missing here does not compile where errors are shaped.
 */
export type ErrorReason =
  | "INVALID_PARTICIPANTS"
  | "CHAT_NOT_FOUND"
  | "FORBIDDEN"
  | "INTEGRITY"
  | "INDEX_MISSING"
  | "MODEL_MISMATCH"
  | "UNAVAILABLE";

/** What is wrong with one field of the input. */
export interface InputIssue {
  /** Where, as `participants.0`. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface ErrorData {
  /** tRPC's name of the status, such as `BAD_REQUEST`. */
  readonly code: string;
  readonly httpStatus: number;
  /** The domain's reason, or `null` where the refusal came from elsewhere. */
  readonly reason: ErrorReason | null;
  /** Which of the participants is to blame, counted from 0. */
  readonly position: number | null;
  readonly issues: readonly InputIssue[];
  readonly requestId: string | null;
  /** The procedure that was called. */
  readonly path: string | null;
}

/** What clients see of an error; over HTTP it is the field `error` of the body. */
export interface ErrorShape {
  readonly message: string;
  /** tRPC's number for `data.code`. */
  readonly code: TRPC_ERROR_CODE_NUMBER;
  readonly data: ErrorData;
}
