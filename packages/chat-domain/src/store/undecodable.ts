import { ChatError } from "../errors/chat-error.ts";

/** The driver's trouble with a document. Recognised by name: an application may bring its own copy of it. */
export function isBsonError(error: unknown): error is Error {
  return error instanceof Error && error.name === "BSONError";
}

/** A document that was read and cannot be decoded, such as one with a text that is no UTF-8. */
export function undecodable(cause: unknown): ChatError {
  return new ChatError("INTEGRITY", "a stored chat cannot be decoded: its BSON or a text in it is damaged", {
    cause,
  });
}

/** @throws ChatError `INTEGRITY` when something that is read cannot be decoded */
export async function decoding<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw isBsonError(error) ? undecodable(error) : error;
  }
}
