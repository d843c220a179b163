import { describe, expect, it } from "vitest";
import { openFirstAvailable, openForced } from "../src/open-first-available.ts";
import {
  type MongoProvider,
  type MongoServer,
  replicaSetCapabilities,
  type Provider,
  type MongoOptions,
  uncrashable,
} from "../src/mongo-server.ts";

function fakeServer(provider: MongoProvider): MongoServer {
  return {
    uri: `mongodb://${provider}`,
    provider,
    capabilities: replicaSetCapabilities,
    description: `a fake ${provider}`,
    ...uncrashable(provider),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function working(provider: MongoProvider): Provider {
  return {
    name: provider,
    unavailable: () => Promise.resolve(null),
    open: () => Promise.resolve(fakeServer(provider)),
  };
}

function unavailable(provider: MongoProvider, reason: string): Provider {
  return { ...working(provider), unavailable: () => Promise.resolve(reason) };
}

function failing(provider: MongoProvider, error: Error): Provider {
  return { ...working(provider), open: () => Promise.reject(error) };
}

function heard(): MongoOptions & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, onNotice: (line) => void lines.push(line) };
}

describe("opening the first provider that is available", () => {
  it("takes the first provider that works and says so", async () => {
    const options = heard();
    const server = await openFirstAvailable([working("uri"), working("embedded")], options);
    expect(server.provider).toBe("uri");
    expect(options.lines).toEqual(["MongoDB: uri, a fake uri"]);
  });

  it("passes over providers that are unavailable or do not open, and names their reasons", async () => {
    const options = heard();
    const cause = new Error("libstdc++ is too old");
    const providers = [
      unavailable("uri", "MONGODB_URI is not set"),
      failing("embedded", new Error("it did not load", { cause })),
      working("mongod"),
      working("download"),
    ];
    const server = await openFirstAvailable(providers, options);
    expect(server.provider).toBe("mongod");
    expect(options.lines).toEqual([
      "MongoDB: mongod, a fake mongod (not uri: MONGODB_URI is not set; embedded: it did not load: libstdc++ is too old)",
    ]);
  });

  it("hands every provider the options", async () => {
    const seen: MongoOptions[] = [];
    const provider: Provider = {
      ...working("embedded"),
      open: async (options) => {
        seen.push(options);
        return fakeServer("embedded");
      },
    };
    const options = { ...heard(), port: 1234, dir: "data", durabilityBarrier: false };
    await openFirstAvailable([provider], options);
    expect(seen).toEqual([options]);
  });

  it("ends with one message: every reason and the ways out", async () => {
    const providers = [
      unavailable("uri", "MONGODB_URI is not set"),
      unavailable("mongod", "there is no mongod on PATH"),
      failing("download", new Error("no network")),
    ];
    await expect(openFirstAvailable(providers, heard())).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Error: no MongoDB can be had on this machine:
        uri             MONGODB_URI is not set
        mongod          there is no mongod on PATH
        download        no network
      any one of these helps:
        - set MONGODB_URI to a MongoDB of yours
        - start a container runtime (tests only)
        - install mongod, or set MONGOMS_SYSTEM_BINARY to one
        - use Linux with glibc 2.38 or newer, Debian with apt, or macOS on arm64; or let the download through]
    `);
  });
});

describe("a provider that was asked for", () => {
  it("is opened and named", async () => {
    const options = heard();
    const server = await openForced(working("embedded"), options);
    expect(server.uri).toBe("mongodb://embedded");
    expect(options.lines).toEqual(["MongoDB: embedded, a fake embedded"]);
  });

  it("is not replaced by another when it does not work", async () => {
    await expect(
      openForced(unavailable("mongod", "there is no mongod on PATH"), heard()),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: the MongoDB provider "mongod" was asked for, but it does not work: there is no mongod on PATH]`,
    );
    await expect(
      openForced(failing("download", new Error("no network")), heard()),
    ).rejects.toThrowErrorMatchingInlineSnapshot(
      `[Error: the MongoDB provider "download" was asked for, but it does not work: no network]`,
    );
  });
});

describe("a server that is not ours to crash", () => {
  it("says so instead of pretending", async () => {
    const server = fakeServer("testcontainers");
    await expect(server.kill()).rejects.toThrow("the testcontainers MongoDB cannot be crashed");
    await expect(server.restart()).rejects.toThrow("check capabilities.crash first");
    expect(() => server.pause()).toThrow("cannot be crashed");
    expect(() => server.resume()).toThrow("cannot be crashed");
  });
});
