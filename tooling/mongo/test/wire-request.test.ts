import { deserialize, type Document, serialize } from "bson";
import { describe, expect, it } from "vitest";
import { sequence, sequenceIn } from "../src/wire/document-sequence.ts";
import {
  commandBody,
  legacyBody,
  plainRequest,
  requestFrame,
  type WireSection,
} from "../src/wire/wire-frames.ts";
import { answerBody, answerTo, wireRequest } from "../src/wire/wire-request.ts";
import { request } from "./fake-engine.ts";

const insert = { insert: "chats", ordered: false, $db: "app" };
const documents = sequence("documents", [serialize({ _id: 1 }), serialize({ _id: 2 })]);

function withSections(command: Document, parts: readonly WireSection[]): Buffer {
  return requestFrame(request(command, 7), [{ kind: 0, bytes: Buffer.from(serialize(command)) }, ...parts]);
}

/** A handshake as drivers send it before they know the server. */
function query(command: Document): Buffer {
  const head = Buffer.alloc(20);
  const rest = Buffer.concat([Buffer.from("admin.$cmd\0"), Buffer.alloc(8), serialize(command)]);
  const frame = Buffer.concat([head, rest]);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(7, 4);
  frame.writeInt32LE(2004, 12);
  return frame;
}

describe("reading a command", () => {
  it("finds its name, database and collection", () => {
    expect(wireRequest(request(insert))).toMatchObject({
      name: "insert",
      database: "app",
      collections: ["chats"],
      command: insert,
      wantsReply: true,
    });
  });

  it.each([
    [{ getMore: 1n, collection: "chats" }, ["chats"]],
    [{ bulkWrite: 1, nsInfo: [{ ns: "app.chats" }, { ns: "app.a.b" }] }, ["chats", "a.b"]],
    [{ aggregate: 1, pipeline: [] }, []],
    [{ ping: 1 }, []],
  ])("finds the collections of %o", (command, collections) => {
    expect(wireRequest(request(command)).collections).toEqual(collections);
  });

  it.each(["hello", "isMaster", "ismaster"])("calls %s a hello", (name) => {
    expect(wireRequest(request({ [name]: 1, $db: "admin" })).name).toBe("hello");
    expect(wireRequest(query({ [name]: 1, helloOk: true })).name).toBe("hello");
  });

  it("puts in documents that are sent beside it", () => {
    expect(wireRequest(withSections(insert, [documents])).command).toEqual({
      ...insert,
      documents: [{ _id: 1 }, { _id: 2 }],
    });
  });

  it("knows that nobody waits for an answer", () => {
    const unacknowledged = request(insert);
    unacknowledged.writeUInt32LE(2, 16);
    expect(wireRequest(unacknowledged).wantsReply).toBe(false);
    expect(wireRequest(query({ ismaster: 1 })).wantsReply).toBe(true);
  });

  it("refuses what is no command, such as a compressed one", () => {
    const compressed = request(insert);
    compressed.writeInt32LE(2012, 12);
    expect(() => wireRequest(compressed)).toThrow("neither OP_MSG nor a handshake");
    const lying = withSections(insert, [documents]);
    lying.writeInt32LE(-1, lying.length - serialize({ _id: 2 }).length);
    expect(() => wireRequest(lying)).toThrow("bson size must be");
  });
});

describe("passing a command on", () => {
  it("leaves a plain one as it is", () => {
    const frame = request(insert);
    expect(plainRequest(frame)).toBe(frame);
    const handshake = query({ ismaster: 1 });
    expect(plainRequest(handshake)).toBe(handshake);
  });

  it("takes away its checksum and its leave to answer with more than one message", () => {
    const plain = withSections(insert, [documents]);
    const marked = Buffer.concat([plain, Buffer.from([1, 2, 3, 4])]);
    marked.writeInt32LE(marked.length, 0);
    marked.writeUInt32LE(2 ** 16 + 2 + 1, 16);
    plain.writeUInt32LE(2, 16);
    expect(plainRequest(marked)).toEqual(plain);
  });

  it("keeps the documents beside it", () => {
    expect(sequenceIn(documents)).toEqual({
      name: "documents",
      documents: [serialize({ _id: 1 }), serialize({ _id: 2 })].map((each) => Buffer.from(each)),
    });
  });
});

describe("an answer", () => {
  it("has the form in which it was asked for", () => {
    const modern = answerTo(wireRequest(request(insert, 12)), { ok: 1 });
    const old = answerTo(wireRequest(query({ ismaster: 1 })), { ok: 1 });
    expect([modern.readInt32LE(8), old.readInt32LE(8)]).toEqual([12, 7]);
    const body = Buffer.from(serialize({ ok: 1 }));
    expect([commandBody(modern), legacyBody(old)]).toEqual([body, body]);
    expect([modern, old].map((answer) => deserialize(answerBody(answer)))).toEqual([{ ok: 1 }, { ok: 1 }]);
  });
});
