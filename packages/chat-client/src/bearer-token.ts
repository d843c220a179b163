import type { TokenSource } from "./chat-client-options.ts";
import { PermanentCallError } from "./permanent-call-error.ts";

/**
 * The `authorization` header for a request.
 *
 * @throws PermanentCallError when the token source fails, or gives what is no token; the message never quotes it
 */
export async function bearerToken(source: TokenSource, refused: boolean): Promise<string> {
  const token = await tokenFrom(source, refused);
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw new PermanentCallError("the token is not text that fits into a header");
}

async function tokenFrom(source: TokenSource, refused: boolean): Promise<unknown> {
  try {
    return await source({ refused });
  } catch (cause) {
    throw new PermanentCallError("no token could be had", { cause });
  }
}
