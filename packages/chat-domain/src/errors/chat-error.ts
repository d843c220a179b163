/** Every way in which a verb of this package refuses. Closed: edges map it exhaustively. */
export type ChatErrorCode =
  | "INVALID_PARTICIPANTS"
  | "CHAT_NOT_FOUND"
  | "FORBIDDEN"
  | "INTEGRITY"
  | "INDEX_MISSING"
  | "MODEL_MISMATCH"
  | "UNAVAILABLE";

export interface ChatErrorOptions extends ErrorOptions {
  /** Index of the offending value in the caller's list, counted from 0; absent when no single value is to blame. */
  readonly position?: number;
}

/** The one error of this package. Messages are safe to show: they never hold ids of people. */
export class ChatError extends Error {
  override readonly name = "ChatError";
  readonly code: ChatErrorCode;
  readonly position: number | null;

  constructor(code: ChatErrorCode, message: string, options: ChatErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.position = options.position ?? null;
  }

  /** Whatever copy of this package has made it: a process may have one for `import` and one for `require`. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null || !("name" in value && "code" in value)) return false;
    return value.name === "ChatError" && typeof value.code === "string" && "position" in value;
  }
}

export function unavailable(message: string, cause?: unknown): ChatError {
  return new ChatError("UNAVAILABLE", message, { cause });
}

export function noAnswerWithin(ms: number): ChatError {
  return unavailable(`no answer from the database within ${ms} ms; try again`);
}
