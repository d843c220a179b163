import { isUtf8 } from "node:buffer";
import { TRPCError } from "@trpc/server";
import type { FastifyInstance, FastifyRequest } from "fastify";

/**
 * Refuses text that is no UTF-8, in bodies and in URLs: decoders put the same sign in place of whatever they cannot read,
 * and different names would become one person's.
 */
export function utf8Only(server: FastifyInstance): void {
  server.addHook("onRequest", (request, _reply, done) => {
    done(isDecodable(request.raw.url ?? "") ? undefined : notUtf8("the URL"));
  });
  takeUtf8(server, server.getDefaultJsonParser("error", "error"));
}

/** Makes something of a body's text. */
type ParseText = (
  request: FastifyRequest,
  text: string,
  done: (error: Error | null, body?: unknown) => void,
) => unknown;

/** How JSON bodies are taken in this scope: as bytes that are looked at before they become text. */
export function takeUtf8(server: FastifyInstance, parse: ParseText): void {
  server.removeContentTypeParser("application/json");
  server.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    if (isUtf8(bytes)) parse(request, bytes.toString(), done);
    else done(notUtf8("the body"));
  });
}

function isDecodable(url: string): boolean {
  const query = url.indexOf("?");
  if (query === -1 || !url.includes("%", query)) return true;
  // A sign for per cent that begins no escape is text like any other.
  const escapes = url.slice(query).replaceAll(/%(?![0-9a-f]{2})/gi, "%25");
  try {
    decodeURIComponent(escapes);
    return true;
  } catch {
    return false;
  }
}

function notUtf8(what: string): TRPCError {
  return new TRPCError({ code: "BAD_REQUEST", message: `${what} is not valid UTF-8` });
}
