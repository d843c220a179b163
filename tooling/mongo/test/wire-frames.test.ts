import { serialize } from "bson";
import { describe, expect, it } from "vitest";
import {
  commandBody,
  msgFrame,
  replyFrame,
  requestIdOf,
  wantsReply,
  wireFrames,
} from "../src/wire/wire-frames.ts";

const headerLength = 16;

function frame(length: number, fill: number): Buffer {
  const bytes = Buffer.alloc(length, fill);
  bytes.writeInt32LE(length, 0);
  return bytes;
}

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

async function cut(bytes: Buffer, chunkSize: number): Promise<Buffer[]> {
  const frames: Buffer[] = [];
  for await (const each of wireFrames(inChunks(bytes, chunkSize))) frames.push(Buffer.from(each));
  return frames;
}

interface Section {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

function opMsg(flags: number, sections: readonly Section[], checksum: readonly number[] = []): Buffer {
  const parts = sections.flatMap(({ kind, bytes }) => [Buffer.from([kind]), bytes]);
  const head = Buffer.alloc(headerLength + 4);
  const bytes = Buffer.concat([head, ...parts, Buffer.from(checksum)]);
  bytes.writeInt32LE(bytes.length, 0);
  bytes.writeInt32LE(77, 4);
  bytes.writeInt32LE(2013, 12);
  bytes.writeUInt32LE(flags, headerLength);
  return bytes;
}

function documents(identifier: string, documentBytes: Uint8Array): Uint8Array {
  const name = Buffer.from(`${identifier}\0`);
  const size = Buffer.alloc(4);
  size.writeInt32LE(4 + name.length + documentBytes.length);
  return Buffer.concat([size, name, documentBytes]);
}

describe("cutting a stream into messages", () => {
  const lengths = [16, 17, 40, 16, 3_000, 21, 70_000, 16];
  const messages = lengths.map((length, index) => frame(length, index + 1));

  it.each([1, 2, 3, 5, 16, 17, 64, 1_000, 65_536, 1_000_000])(
    "works for chunks of %i bytes",
    async (size) => {
      expect(await cut(Buffer.concat(messages), size)).toEqual(messages);
    },
  );

  it("keeps a message of 40 MB whole", async () => {
    const large = frame(40_000_000, 7);
    const [first, second, ...rest] = await cut(Buffer.concat([large, frame(20, 1)]), 65_536);
    expect(first?.equals(large)).toBe(true);
    expect(second).toEqual(frame(20, 1));
    expect(rest).toEqual([]);
  });

  it("says nothing about a message that never ends", async () => {
    expect(await cut(frame(100, 1).subarray(0, 99), 10)).toEqual([]);
  });

  it.each([-1, 0, 3, 15, 48_000_000 + 16 * 1024 + 1, 0x7f_ff_ff_ff])(
    "refuses a length of %i",
    async (length) => {
      const head = Buffer.alloc(16);
      head.writeInt32LE(length, 0);
      await expect(cut(head, 16)).rejects.toThrow(`a wire message of ${length} bytes`);
      await expect(cut(head, 1)).rejects.toThrow(RangeError);
    },
  );

  it("refuses what is another protocol altogether", async () => {
    await expect(cut(Buffer.from("GET / HTTP/1.1\r\n\r\n"), 100)).rejects.toThrow(RangeError);
  });
});

describe("finding the command in a message", () => {
  const body = serialize({ insert: "chats", $db: "app" });
  const sequence = documents("documents", serialize({ _id: 1 }));

  it.each([
    ["alone", opMsg(0, [{ kind: 0, bytes: body }])],
    [
      "before its documents",
      opMsg(0, [
        { kind: 0, bytes: body },
        { kind: 1, bytes: sequence },
      ]),
    ],
    [
      "after its documents",
      opMsg(0, [
        { kind: 1, bytes: sequence },
        { kind: 0, bytes: body },
      ]),
    ],
    ["before a checksum", opMsg(1, [{ kind: 0, bytes: body }], [1, 2, 3, 4])],
  ])("works for a body %s", (_name, message) => {
    expect(commandBody(message)).toEqual(Buffer.from(body));
  });

  it("finds none in other kinds of message, or without a body", () => {
    const query = opMsg(0, [{ kind: 0, bytes: body }]);
    query.writeInt32LE(2004, 12);
    expect(commandBody(query)).toBeNull();
    expect(commandBody(opMsg(0, []))).toBeNull();
    expect(commandBody(opMsg(0, [{ kind: 1, bytes: sequence }]))).toBeNull();
  });

  it.each([-5, 0, 3, 1_000_000, -2_147_483_648])(
    "comes to an end, inside the message, when a section claims %i bytes",
    (size) => {
      const lying = Buffer.alloc(40);
      lying.writeInt32LE(size, 0);
      const found = commandBody(opMsg(0, [{ kind: 1, bytes: lying }]));
      expect(found?.length ?? 0).toBeLessThanOrEqual(40);
    },
  );

  it("tells whether an answer is awaited", () => {
    expect(wantsReply(opMsg(0, [{ kind: 0, bytes: body }]))).toBe(true);
    expect(wantsReply(opMsg(2, [{ kind: 0, bytes: body }]))).toBe(false);
    expect(requestIdOf(opMsg(0, []))).toBe(77);
  });
});

describe("framing an answer", () => {
  const body = serialize({ ok: 1 });

  it("makes an OP_MSG that answers the request", () => {
    const message = msgFrame(body, 77);
    expect(message.readInt32LE(0)).toBe(message.length);
    expect(message.readInt32LE(8)).toBe(77);
    expect(commandBody(message)).toEqual(Buffer.from(body));
  });

  it("makes an OP_REPLY with one document", () => {
    const message = replyFrame(body, 77);
    expect(message.readInt32LE(0)).toBe(message.length);
    expect(message.readInt32LE(8)).toBe(77);
    expect(message.readInt32LE(12)).toBe(1);
    expect(message.readInt32LE(32)).toBe(1);
    expect(message.subarray(36)).toEqual(Buffer.from(body));
  });
});
