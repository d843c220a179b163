import { deserialize, type Document, serialize } from "bson";
import { sequenceIn } from "./document-sequence.ts";
import {
  commandBody,
  legacyBody,
  msgFrame,
  replyFrame,
  requestIdOf,
  sections,
  wantsReply,
} from "./wire-frames.ts";

/** A command as a client has sent it. */
export interface WireRequest {
  readonly frame: Buffer;
  /** As it is sent, but a handshake is `hello` in each of its three forms. */
  readonly name: string;
  readonly database: string;
  /** The collections that it names: one, or several in a `bulkWrite`, or none. */
  readonly collections: readonly string[];
  /** The whole command, with its document sequences as arrays. */
  readonly command: Document;
  /** `false` for a write that is not acknowledged. */
  readonly wantsReply: boolean;
}

const handshakes: ReadonlySet<string> = new Set(["hello", "isMaster", "ismaster"]);

/** @throws Error for a message that is no command: a compressed one, or none of the wire protocol's at all */
export function wireRequest(frame: Buffer): WireRequest {
  const legacy = legacyBody(frame);
  const body = legacy ?? commandBody(frame);
  if (body === null) throw new Error("a wire message that is neither OP_MSG nor a handshake in the old form");
  const command = legacy === null ? { ...parsed(body), ...sequences(frame) } : parsed(body);
  const sentName = Object.keys(command)[0] ?? "";
  const name = handshakes.has(sentName) ? "hello" : sentName;
  return {
    frame,
    name,
    database: String(command["$db"] ?? "admin"),
    collections: collectionsOf(name, command),
    command,
    wantsReply: legacy !== null || wantsReply(frame),
  };
}

/** A message that answers it, in the form in which it was asked. */
export function answerTo({ frame }: WireRequest, answer: Document | Uint8Array): Buffer {
  const body = answer instanceof Uint8Array ? answer : serialize(answer);
  return legacyBody(frame) === null
    ? msgFrame(body, requestIdOf(frame))
    : replyFrame(body, requestIdOf(frame));
}

/** The document of an answer. */
export function answerBody(answer: Buffer): Buffer {
  const body = legacyBody(answer) ?? commandBody(answer);
  if (body === null) throw new Error("an answer that holds no document");
  return body;
}

function collectionsOf(name: string, command: Document): readonly string[] {
  const named: unknown = name === "getMore" ? command["collection"] : command[name];
  if (typeof named === "string") return [named];
  const namespaces = (command["nsInfo"] ?? []) as readonly { readonly ns: string }[];
  return namespaces.map(({ ns }) => ns.slice(ns.indexOf(".") + 1));
}

function sequences(frame: Buffer): Document {
  const named = Array.from(sections(frame), sequenceIn).filter((each) => each !== null);
  return Object.fromEntries(named.map(({ name, documents }) => [name, documents.map(parsed)]));
}

/** Whether a text or a pattern is well-formed is for the server to say. */
function parsed(body: Uint8Array): Document {
  return deserialize(body, { validation: { utf8: false }, bsonRegExp: true });
}
