import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { Transform } from "node:stream";

/** Stands in stored text for bytes that no UTF-8 text has. */
export const damage = "<damaged>";

/**
 * Between a driver and its server: what is stored as {@link damage} arrives as it would from a database into which another
 * program, or a broken disk, has put it. The server of the tests takes no such text.
 */
export async function damagingRelay(upstream: string): Promise<{ readonly uri: string } & AsyncDisposable> {
  const [, host = "", port = ""] = /\/\/(?:[^@/]*@)?([^:/,]+):(\d+)/.exec(upstream) ?? [];
  const server = createServer((client) => {
    const database = connect(Number(port), host);
    for (const socket of [client, database]) socket.on("error", () => undefined);
    client.pipe(database).pipe(damaging()).pipe(client);
    client.on("close", () => database.destroy());
    database.on("close", () => client.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const own = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    uri: upstream.replace(`${host}:${port}`, own),
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

function damaging(): Transform {
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      const copy = Buffer.from(piece);
      for (let at = copy.indexOf(damage); at !== -1; at = copy.indexOf(damage, at))
        copy.fill(0xff, at, at + damage.length);
      done(null, copy);
    },
  });
}
