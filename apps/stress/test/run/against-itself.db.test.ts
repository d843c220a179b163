import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { group } from "d3-array";
import { testMongo } from "@onechat/mongo/testing";
import { afterAll, describe, expect, it } from "vitest";
import { readHistory } from "../../src/history/read-history.ts";
import { run } from "../stress-process.ts";

/** Keeps its chats in the memory of the one process that calls; a new one would find none at the end. */
const store = `
const chats = new Map();
const keyOf = ({ participants }) => [...new Set(participants)].sort().join();
export default () => ({
  async ensure(people) {
    const key = keyOf(people);
    const created = !chats.has(key);
    if (created) chats.set(key, "chat-" + chats.size);
    return { id: chats.get(key), created };
  },
});
`;

describe("a store that is compared with itself", () => {
  const directory = mkdtempSync(join(tmpdir(), "stress-against-"));
  const file = join(directory, "store.mjs");
  writeFileSync(file, store);
  afterAll(() => rmSync(directory, { recursive: true }));

  it("is asked for the same on both sides, in storms and in rounds: neither is colder or fuller", async () => {
    const small = ["--callers", "32", "--keys", "8", "--procs", "1", "--rounds", "2", "--repeats", "2"];
    const sides = ["--store", file, "--against", file, "--variant", "ours,naive", "--tolerance", "900%"];
    const ran = await run(["smoke", ...small, ...sides, "--uri", testMongo().uri]);
    expect(ran.result?.anomalies).toEqual([]);
    const { operations, registers } = await readHistory(join(ran.directory, "history.ndjson.gz"));
    const registerOf = new Map(registers.map((register) => [register.key, register]));
    const callsOf = (side: "ours" | "base") => {
      const own = operations.filter(({ key }) => registerOf.get(key)?.variant === side);
      const places = group(own, ({ key }) => registerOf.get(key)?.workload);
      return Object.fromEntries([...places].map(([place, { length }]) => [place, length]));
    };
    expect(callsOf("base")).toEqual(callsOf("ours"));
    expect(Object.keys(callsOf("base"))).toEqual(
      expect.arrayContaining(["flood", "fresh", "existing", "hot"]),
    );
  });
});
