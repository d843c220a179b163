import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openMongo } from "../src/index.ts";

describe("what the environment asks for", () => {
  it("is refused with the possible values when there is no such provider", async () => {
    const opened = openMongo({ purpose: "start", env: { MONGO_PROVIDER: "sqlite" } });
    await expect(opened).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Error: the environment does not say which MongoDB to use:
      ✖ Invalid option: expected one of "uri"|"testcontainers"|"mongod"|"embedded"|"download"
        → at MONGO_PROVIDER]
    `);
  });

  it.each([
    ["uri", {}, "MONGODB_URI is not set"],
    ["uri", { MONGODB_URI: "" }, "MONGODB_URI is not set"],
    ["mongod", { PATH: "" }, "there is no mongod on PATH"],
    ["mongod", { MONGOMS_SYSTEM_BINARY: "/nowhere/mongod" }, "/nowhere/mongod, which is no executable"],
    [
      "download",
      { MONGOMS_RUNTIME_DOWNLOAD: "false" },
      "MONGOMS_RUNTIME_DOWNLOAD forbids to download a mongod",
    ],
  ])("names why %s does not work with %o", async (MONGO_PROVIDER, env, reason) => {
    const opened = openMongo({ purpose: "test", env: { ...env, MONGO_PROVIDER } });
    await expect(opened).rejects.toThrow(`the MongoDB provider "${MONGO_PROVIDER}" was asked for`);
    await expect(opened).rejects.toThrow(reason);
  });

  it("is overruled by the provider of the call", async () => {
    const opened = openMongo({ purpose: "start", provider: "uri", env: { MONGO_PROVIDER: "embedded" } });
    await expect(opened).rejects.toThrow("MONGODB_URI is not set");
  });
});

describe("a folder for the data", () => {
  it("that is a file, or inside one, is refused before anything is tried", async () => {
    const notices: string[] = [];
    for (const dir of [import.meta.filename, join(import.meta.filename, "data")]) {
      const opened = openMongo({ purpose: "start", env: {}, dir, onNotice: (line) => notices.push(line) });
      await expect(opened).rejects.toThrow(`${dir} cannot be used for data`);
    }
    expect(notices).toEqual([]);
  });
});

describe("a MongoDB that somebody else runs", () => {
  it.each(["start", "test"] as const)("comes first among the providers of %s", async (purpose) => {
    const lines: string[] = [];
    const MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0";
    await using server = await openMongo({
      purpose,
      env: { MONGODB_URI },
      onNotice: (line) => void lines.push(line),
    });
    expect(server).toMatchObject({ provider: "uri", uri: MONGODB_URI });
    expect(server.capabilities).toMatchObject({ replicaSet: true, crash: false });
    expect(lines).toEqual(["MongoDB: uri, the one MONGODB_URI names"]);
  });
});

describe("a mongod that is not one", () => {
  it("is reported with the reason", async () => {
    // The library that runs it prints the whole stack as well.
    vi.spyOn(console, "error").mockReturnValue();
    vi.spyOn(console, "warn").mockReturnValue();
    const folder = await mkdtemp(join(tmpdir(), "onechat-test-"));
    try {
      const opened = openMongo({
        purpose: "start",
        provider: "mongod",
        dir: join(folder, "data"),
        env: { MONGOMS_SYSTEM_BINARY: process.execPath },
      });
      await expect(opened).rejects.toThrow(
        'the MongoDB provider "mongod" was asked for, but it does not work',
      );
    } finally {
      vi.restoreAllMocks();
      await rm(folder, { recursive: true });
    }
  });
});
