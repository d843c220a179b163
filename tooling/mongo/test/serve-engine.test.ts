import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Document } from "bson";
import { describe, expect, it } from "vitest";
import { answerCommand } from "../src/host/answer-command.ts";
import { serveEngine } from "../src/host/serve-engine.ts";
import { wireFrames } from "../src/wire/wire-frames.ts";
import { barrierDatabase, fakeEngine, parsed, request } from "./fake-engine.ts";

const anywhere = { port: 0, patienceMs: 0 };

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

async function answers(socket: Socket, count: number): Promise<Document[]> {
  const received: Document[] = [];
  for await (const frame of wireFrames(socket)) {
    received.push({ ...parsed(frame), responseTo: frame.readInt32LE(8) });
    if (received.length === count) break;
  }
  return received;
}

describe("serving an engine", () => {
  it("answers the commands of a connection in their order, even when they come at once", async () => {
    const engine = fakeEngine(async ({ ping }) => {
      await new Promise((resolve) => void setTimeout(resolve, ping === 1 ? 20 : 0));
      return { ok: 1, ping };
    });
    await using listener = await serveEngine(answerCommand(engine, true), anywhere);
    const socket = await connected(listener.port);
    socket.write(Buffer.concat([1, 2, 3].map((ping) => request({ ping, $db: "admin" }, ping))));
    expect(await answers(socket, 3)).toEqual([1, 2, 3].map((ping) => ({ ok: 1, ping, responseTo: ping })));
  });

  it("does not let one connection wait for another", async () => {
    const engine = fakeEngine(({ ping }) =>
      ping === "never" ? new Promise(() => undefined) : Promise.resolve({ ok: 1 }),
    );
    await using listener = await serveEngine(answerCommand(engine, true), anywhere);
    const stuck = await connected(listener.port);
    stuck.write(request({ ping: "never", $db: "admin" }));
    const free = await connected(listener.port);
    free.write(request({ ping: 1, $db: "admin" }));
    expect(await answers(free, 1)).toEqual([{ ok: 1, responseTo: 1 }]);
    stuck.destroy();
  });

  it.each([
    ["garbage", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
    ["a message without flags", Buffer.from([16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xdd, 7, 0, 0])],
    [
      "a body that is no document",
      Buffer.concat([request({ ping: 1 }).subarray(0, 21), Buffer.alloc(10, 0xff)]),
    ],
  ])("ends the connection over %s, and no other", async (_name, bytes) => {
    const sent = Buffer.from(bytes);
    if (sent.readInt32LE(12) === 2013) sent.writeInt32LE(sent.length, 0);
    const engine = fakeEngine(async () => ({ ok: 1 }));
    await using listener = await serveEngine(answerCommand(engine, true), anywhere);
    const broken = await connected(listener.port);
    broken.resume().write(sent);
    await once(broken, "close");
    const other = await connected(listener.port);
    other.write(request({ ping: 1, $db: "admin" }));
    expect(await answers(other, 1)).toEqual([{ ok: 1, responseTo: 1 }]);
  });

  it("ends the connections of those whose barrier failed, instead of an answer", async () => {
    const engine = fakeEngine(async ({ $db }) => ({ ok: $db === barrierDatabase ? 0 : 1 }));
    await using listener = await serveEngine(answerCommand(engine, true), anywhere);
    const writers = await Promise.all([1, 2, 3].map(() => connected(listener.port)));
    const outcomes = writers.map((writer) => answers(writer, 1));
    for (const writer of writers)
      writer.write(request({ insert: "chats", writeConcern: { j: true }, $db: "app" }));
    expect(await Promise.all(outcomes)).toEqual([[], [], []]);
  });

  it("names a port that is taken, and waits for it when told to", async () => {
    const answer = answerCommand(
      fakeEngine(async () => ({ ok: 1 })),
      true,
    );
    const first = await serveEngine(answer, anywhere);
    await expect(serveEngine(answer, { port: first.port, patienceMs: 0 })).rejects.toThrow(
      `port ${first.port} of 127.0.0.1 cannot be used`,
    );
    const patient = serveEngine(answer, { port: first.port, patienceMs: 60_000 });
    await first[Symbol.asyncDispose]();
    await using second = await patient;
    expect(second.port).toBe(first.port);
  });

  it("chooses ports that no outgoing connection can take", async () => {
    const answer = answerCommand(
      fakeEngine(async () => ({ ok: 1 })),
      true,
    );
    await using listener = await serveEngine(answer, anywhere);
    expect(listener.port).toBeGreaterThanOrEqual(20_000);
    expect(listener.port).toBeLessThan(32_000);
  });
});
