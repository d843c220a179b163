import type { TestProject } from "vitest/node";
import { openMongo } from "../open-mongo.ts";

/** One MongoDB for the whole run; without one the run fails, because a skipped database test proves nothing. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await openMongo({ purpose: "test", env: process.env, onNotice: notice });
  const missing = Object.entries(server.capabilities).flatMap(([name, has]) => (has ? [] : [name]));
  notice(`tests that need one of these are skipped: ${missing.join(", ") || "nothing is missing"}`);
  project.provide("mongo", { uri: server.uri, provider: server.provider, capabilities: server.capabilities });
  return async () => server[Symbol.asyncDispose]();
}

function notice(line: string): void {
  process.stdout.write(`${line}\n`);
}
