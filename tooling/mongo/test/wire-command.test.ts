import { BSONRegExp, deserialize, type Document, serialize } from "bson";
import { describe, expect, it } from "vitest";
import { refusal, type WireCommand, wireCommand } from "../src/wire/wire-command.ts";

function parsed(command: Document): WireCommand {
  return wireCommand(Buffer.from(serialize(command)));
}

describe("what a command promises", () => {
  const majority = { writeConcern: { w: "majority" } };
  const journaled = { writeConcern: { w: 1, j: true } };

  it.each([
    ["a majority insert", { insert: "chats", ...majority }],
    ["a journaled update", { update: "chats", ...journaled }],
    ["an upsert", { findAndModify: "chats", writeConcern: { w: "majority", j: true } }],
    ["an index", { createIndexes: "chats", ...majority }],
    ["a drop", { drop: "chats", ...majority }],
    ["a bulk write", { bulkWrite: 1, ...majority }],
    ["a command nobody has heard of", { brandNewWrite: 1, ...majority }],
    [
      "an aggregation into a collection",
      { aggregate: "chats", pipeline: [{ $match: {} }, { $out: "copy" }], ...majority },
    ],
    ["a merge into a collection", { aggregate: "chats", pipeline: [{ $merge: "copy" }], ...journaled }],
  ])("%s promises durability", (_name, command) => {
    expect(parsed(command)).toMatchObject({
      writes: true,
      promisesDurability: true,
      showsDurableOnly: false,
    });
  });

  it.each([
    ["without a write concern", { insert: "chats" }],
    ["that asks for the primary's memory only", { insert: "chats", writeConcern: { w: 1 } }],
    ["that is not acknowledged", { insert: "chats", writeConcern: { w: 0 } }],
    ["with nonsense for a write concern", { insert: "chats", writeConcern: "majority" }],
  ])("a write %s promises nothing", (_name, command) => {
    expect(parsed(command)).toMatchObject({ writes: true, promisesDurability: false });
  });

  it.each([
    ["a majority find", { find: "chats", readConcern: { level: "majority" } }, true],
    ["a linearizable find", { find: "chats", readConcern: { level: "linearizable" } }, true],
    [
      "a snapshot aggregation",
      { aggregate: "chats", pipeline: [], readConcern: { level: "snapshot" } },
      true,
    ],
    ["the next batch of whatever", { getMore: 1n, collection: "chats" }, true],
    ["a local find", { find: "chats", readConcern: { level: "local" } }, false],
    ["a plain find", { find: "chats" }, false],
    ["a handshake", { hello: 1 }, false],
    ["a ping", { ping: 1 }, false],
  ])("%s is no write; it shows only what is durable: %s", (_name, command, showsDurableOnly) => {
    expect(parsed(command)).toMatchObject({ writes: false, promisesDurability: false, showsDurableOnly });
  });

  it("does not depend on the text being well-formed", () => {
    const body = Buffer.from(serialize({ find: "chats", filter: { name: "xx" } }));
    body[body.indexOf("xx")] = 0xff;
    expect(wireCommand(body).name).toBe("find");
  });

  it("does not depend on a pattern being well-formed", () => {
    expect(parsed({ find: "chats", filter: { name: new BSONRegExp("a(", "i") } }).name).toBe("find");
  });
});

describe("commands that would end the engine", () => {
  it.each([
    "startSession",
    "endSessions",
    "refreshSessions",
    "killSessions",
    "killAllSessions",
    "killAllSessionsByPattern",
  ])("%s is refused as unknown", (name) => {
    const answer = refusal(parsed({ [name]: 1 }));
    expect(answer && deserialize(answer)).toEqual({
      ok: 0,
      code: 59,
      codeName: "CommandNotFound",
      errmsg: `no such command: '${name}'`,
    });
  });

  it("others pass", () => {
    expect(refusal(parsed({ insert: "chats" }))).toBeNull();
    expect(refusal(parsed({}))).toBeNull();
  });
});
