import { connect as connectSocket, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import { deserialize, type Document, serialize } from "bson";

const headerLength = 16;
const opMsg = 2013;

const writeCommands = new Set([
  "insert",
  "update",
  "delete",
  "findAndModify",
  "bulkWrite",
  "create",
  "createIndexes",
  "collMod",
  "drop",
  "dropDatabase",
  "dropIndexes",
  "renameCollection",
]);

/** A MongoDB whose user may only read. */
export interface ReadOnlyMongo extends AsyncDisposable {
  readonly uri: string;
  /** The write commands that were refused. */
  readonly refused: readonly string[];
}

/** Passes everything on to the server except commands that write: those it refuses as the server would. */
export async function readOnlyProxy(uri: string): Promise<ReadOnlyMongo> {
  const { hostname, port } = new URL(uri);
  const refused: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connectSocket(Number(port || 27_017), hostname);
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => undefined));
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    upstream.pipe(client);
    let pending = Buffer.alloc(0);
    client.on("data", (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (const frame of framesOf(pending)) {
        pending = pending.subarray(frame.length);
        const write = writeOf(frame);
        if (write === null) upstream.write(frame);
        else {
          refused.push(write);
          client.write(refusalOf(write, frame.readInt32LE(4)));
        }
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxied = new URL(uri);
  proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxied.searchParams.set("directConnection", "true");
  return { uri: proxied.href, refused, [Symbol.asyncDispose]: () => closed(server, sockets) };
}

async function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  server.close();
  for (const socket of sockets) socket.destroy();
  await once(server, "close");
}

function framesOf(bytes: Buffer): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at + headerLength <= bytes.length;) {
    const length = bytes.readInt32LE(at);
    if (at + length > bytes.length) break;
    frames.push(bytes.subarray(at, at + length));
    at += length;
  }
  return frames;
}

/** The name of the command if it writes, else `null`. */
function writeOf(frame: Buffer): string | null {
  if (frame.readInt32LE(12) !== opMsg) return null;
  const command = bodyOf(frame);
  const name = Object.keys(command)[0] ?? "";
  if (writeCommands.has(name)) return name;
  const stages = (command["pipeline"] ?? []) as readonly Document[];
  return stages.some((stage) => "$merge" in stage || "$out" in stage) ? name : null;
}

/** The section of kind 0; document sequences, of kind 1, only come with writes. */
function bodyOf(frame: Buffer): Document {
  for (let at = headerLength + 4; at < frame.length;) {
    const size = frame.readInt32LE(at + 1);
    if (frame.readUInt8(at) === 0) return deserialize(frame.subarray(at + 1, at + 1 + size));
    at += 1 + size;
  }
  return {};
}

function refusalOf(command: string, requestId: number): Buffer {
  const errmsg = `not authorized on this database to execute command ${command}`;
  const body = serialize({ ok: 0, code: 13, codeName: "Unauthorized", errmsg });
  const head = Buffer.alloc(headerLength + 5);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(opMsg, 12);
  return Buffer.concat([head, body]);
}
