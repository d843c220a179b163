import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentedVersions, triedVersions } from "./documented-versions.ts";

interface Manifest {
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
  readonly version: string;
}

function manifestAt(path: string): Manifest {
  return JSON.parse(
    readFileSync(new URL(`../../../${path}/package.json`, import.meta.url), "utf8"),
  ) as Manifest;
}

const names = ["chat-domain", "chat-client", "chat-router"];

describe("docs/versions.md", () => {
  it("has every peer of every package, with its range", () => {
    const peers = names.flatMap((name) =>
      Object.entries(manifestAt(`packages/${name}`).peerDependencies ?? {}).map((peer) => [name, ...peer]),
    );
    expect(peers.length).toBeGreaterThan(3);
    for (const [name = "", peer, range] of peers) {
      const row = documentedVersions.find((one) => one.name === peer);
      expect(row).toMatchObject({ range, packages: expect.arrayContaining([name]) });
    }
    for (const name of names) expect(manifestAt(`packages/${name}`).engines.node).toBe(">=20.19");
  });

  it("names the versions that the other tests run with, and the Nodes of the workflow", () => {
    const newest = {
      mongodb: "packages/chat-domain/node_modules/mongodb",
      mongoose: "packages/chat-domain/node_modules/mongoose",
      "@trpc/server": "packages/chat-client/node_modules/@trpc/server",
      "@trpc/client": "packages/chat-client/node_modules/@trpc/client",
    };
    for (const [name, folder] of Object.entries(newest))
      expect(triedVersions(name)).toContain(manifestAt(folder).version);
    for (const alias of ["mongodb-6-oldest", "mongodb-6", "mongodb-7-oldest"])
      expect(triedVersions("mongodb")).toContain(
        manifestAt(`packages/chat-domain/node_modules/${alias}`).version,
      );
    const workflow = readFileSync(new URL("../../../.github/workflows/ci.yml", import.meta.url), "utf8");
    const nodes = /node: \[(.*)\]/.exec(workflow)?.[1]?.replaceAll('"', "").split(", ");
    expect(triedVersions("node")).toEqual(nodes);
  });
});
