import type { Document } from "bson";
import { describe, expect, it } from "vitest";
import { answerCommand } from "../src/host/answer-command.ts";
import { type EngineListener, serveEngine } from "../src/host/serve-engine.ts";
import { askServer } from "../src/providers/ask-server.ts";
import { fakeEngine } from "./fake-engine.ts";

function server(hello: Document, buildInfo: Document = { ok: 0, code: 13 }): Promise<EngineListener> {
  const engine = fakeEngine(async (command) => (command["hello"] === 1 ? hello : buildInfo));
  return serveEngine(answerCommand(engine, true), { port: 0, patienceMs: 0 });
}

describe("asking a server what it is", () => {
  it.each([
    ["a standalone server", { ok: 1 }, { modules: [] }, { replicaSet: false, embedded: false }],
    ["a replica set", { ok: 1, setName: "rs0" }, undefined, { replicaSet: true, embedded: false }],
    [
      "a router",
      { ok: 1, msg: "isdbgrid" },
      { modules: ["enterprise"] },
      { replicaSet: true, embedded: false },
    ],
    ["an embedded engine", { ok: 1 }, { modules: ["embedded"] }, { replicaSet: false, embedded: true }],
  ])("recognizes %s", async (_name, hello, buildInfo, facts) => {
    await using listener = await server(hello, buildInfo);
    const { port } = listener;
    expect(await askServer(`mongodb://127.0.0.1:${port}`)).toEqual(facts);
    expect(await askServer(`mongodb://ann:secret@127.0.0.1:${port},b.invalid/app?w=majority`)).toEqual(facts);
  });

  it.each([
    "mongodb://127.0.0.1:1/?directConnection=true",
    "mongodb://127.0.0.1:27017/?tls=true",
    "mongodb+srv://cluster.example.org/",
    "mongodb://%2Ftmp%2Fmongodb-27017.sock",
    "mongodb://[::1]:1/",
    "nonsense",
    "",
  ])("learns nothing from %j", async (uri) => {
    expect(await askServer(uri)).toBeNull();
  });
});
