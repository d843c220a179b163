import type { TokenSource } from "./chat-client-options.ts";
import { HopelessCall } from "./hopeless-call.ts";

/**
 * The `authorization` header for a request.
 *
 * @throws HopelessCall when the token source fails, or gives what is no token; the message never quotes it
 */
export async function bearerToken(source: TokenSource, refused: boolean): Promise<string> {
  const token = await tokenFrom(source, refused);
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  throw new HopelessCall("the token is not text that fits into a header");
}

async function tokenFrom(source: TokenSource, refused: boolean): Promise<unknown> {
  try {
    return await source({ refused });
  } catch (cause) {
    throw new HopelessCall("no token could be had", { cause });
  }
}
