import type { Host } from "../src/host.ts";

/** A process that only exists in memory: what it wrote, and files that it may read. */
export interface TestHost extends Host {
  readonly written: { out: string; err: string };
}

export function testHost(files: Readonly<Record<string, string>> = {}): TestHost {
  const written = { out: "", err: "" };
  return {
    written,
    env: {},
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    stderrIsTerminal: false,
    stdoutIsTerminal: false,
    columns: () => 80,
    readFile(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
      return text;
    },
    signal: new AbortController().signal,
    version: "1.2.3",
    command: "onechat-stress",
    clock: () => performance.now(),
    now: () => new Date("2026-01-31T09:30:00Z"),
    measureMachine: () => Promise.resolve({ timersLateMs: 1, tookMs: { database: 3 } }),
    newSeed: () => 7,
  };
}
