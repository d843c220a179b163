import { connect } from "node:net";
import { deserialize, type Document, serialize } from "bson";
import { type Address, plainAddresses } from "../plain-addresses.ts";
import { commandBody, msgFrame, wireFrames } from "../wire/wire-frames.ts";

/** What a server tells anybody about itself. */
export interface ServerFacts {
  readonly replicaSet: boolean;
  /** It is the embedded engine of another process. */
  readonly embedded: boolean;
}

const timeoutMs = 2_000;

/** `null` when the server does not answer, or speaks to nobody without TLS. */
export async function askServer(uri: string): Promise<ServerFacts | null> {
  const [address] = plainAddresses(uri);
  if (address === undefined) return null;
  const [hello, buildInfo] = await Promise.all([ask(address, "hello"), ask(address, "buildInfo")]);
  if (hello === null) return null;
  const modules: unknown = buildInfo?.["modules"];
  return {
    // A router speaks for replica sets.
    replicaSet: typeof hello["setName"] === "string" || hello["msg"] === "isdbgrid",
    embedded: Array.isArray(modules) && modules.includes("embedded"),
  };
}

/** What it says of itself and its set; `null` when it does not answer. */
export function helloOf(address: Address): Promise<Document | null> {
  return ask(address, "hello");
}

async function ask(address: Address, command: "hello" | "buildInfo"): Promise<Document | null> {
  const socket = connect({ ...address, timeout: timeoutMs });
  socket.once("timeout", () => socket.destroy());
  try {
    socket.write(msgFrame(serialize({ [command]: 1, $db: "admin" }), 0));
    for await (const frame of wireFrames(socket)) {
      const body = commandBody(frame);
      return body === null ? null : deserialize(body);
    }
    return null;
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}
