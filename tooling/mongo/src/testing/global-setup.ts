import type { TestProject } from "vitest/node";
import { openMongo } from "../open-mongo.ts";

/**
 * One MongoDB for the whole run, of the embedded engine one for each worker: it keeps the files of dropped collections open
 * until it ends, and a process may have 20,000. Without a MongoDB the run fails, because a skipped database test proves
 * nothing.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const first = await openMongo({ purpose: "test", env: process.env, onNotice: notice });
  const missing = Object.entries(first.capabilities).flatMap(([name, has]) => (has ? [] : [name]));
  notice(`tests that need one of these are skipped: ${missing.join(", ") || "nothing is missing"}`);
  const servers = [first];
  const wanted = first.provider === "embedded" ? project.vitest.config.maxWorkers : 1;
  while (servers.length < wanted)
    servers.push(await openMongo({ purpose: "test", env: process.env, onNotice: () => undefined }));
  project.provide(
    "mongos",
    servers.map(({ uri, provider, capabilities }) => ({ uri, provider, capabilities })),
  );
  return async () => void (await Promise.all(servers.map((server) => server[Symbol.asyncDispose]())));
}

function notice(line: string): void {
  process.stdout.write(`${line}\n`);
}
