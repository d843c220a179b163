import { Transform } from "node:stream";
import { TRPCError } from "@trpc/server";
import type { FastifyInstance } from "fastify";

/**
 * Refuses text that is no UTF-8, in bodies and in URLs: decoders put the same sign in place of whatever they cannot read,
 * and different names would become one person's.
 */
export function utf8Only(server: FastifyInstance): void {
  server.addHook("onRequest", (request, _reply, done) => {
    done(isDecodable(request.raw.url ?? "") ? undefined : notUtf8("the URL"));
  });
  server.addHook("preParsing", (_request, _reply, payload, done) => {
    const checked = new Utf8Check();
    payload.on("error", (error) => checked.destroy(error));
    done(null, payload.pipe(checked));
  });
}

/** Lets through what it has looked at; a sign may lie across two pieces. */
class Utf8Check extends Transform {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true });

  override _transform(
    piece: Buffer,
    _encoding: string,
    done: (error: Error | null, out?: Buffer) => void,
  ): void {
    if (this.#decodes(piece)) done(null, piece);
    else done(notUtf8("the body"));
  }

  override _flush(done: (error?: Error | null) => void): void {
    done(this.#decodes() ? null : notUtf8("the body"));
  }

  #decodes(piece?: Buffer): boolean {
    try {
      this.#decoder.decode(piece, { stream: piece !== undefined });
      return true;
    } catch {
      return false;
    }
  }
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

/** Its status is a property too, for what passes through the framework as a stream's error. */
function notUtf8(what: string): TRPCError {
  const error = new TRPCError({ code: "BAD_REQUEST", message: `${what} is not valid UTF-8` });
  return Object.assign(error, { statusCode: 400 });
}
