import { crashableMongoMissing, testMongo } from "@onechat/mongo/testing";
import { needs, sampleOf } from "@onechat/testing";
import { describe, expect, it } from "vitest";
import type { StressResult } from "../../src/result/stress-result.ts";
import { run } from "../stress-process.ts";
import { type Change, mutant } from "./mutant.ts";

// Every mistake that somebody could make in chat-domain, made one by one: the harness, unchanged, has to see it.

const storm = ["--workload", "hot,burst", "--callers", "32", "--keys", "4"];
const meeting = ["--workload", "hot,pairs", "--callers", "128", "--keys", "64"];
const contest = ["smoke", "--variant", "ours,naive", "--procs", "2", "--repeats", "1"];

const builtWithoutJudge: Change = {
  file: "indexes.js",
  text: "unique: true, sparse: true",
  becomes: "sparse: true",
};
const judgeNotLookedAt: Change = {
  file: "key-index.js",
  text: "if (index.unique !== true)",
  becomes: "if (false)",
};

interface Mutation {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly load: readonly string[];
  /** What it is called. */
  readonly names: RegExp;
}

const mutations: readonly Mutation[] = [
  {
    name: "find-then-insert under an index that does not judge",
    changes: [builtWithoutJudge, judgeNotLookedAt],
    load: meeting,
    names: /\bDUPLICATE\b/,
  },
  {
    name: "a duplicate-key error is passed on to the caller",
    changes: [{ file: "refused-writes.js", text: "if (isRefusal(error))", becomes: "if (false)" }],
    load: meeting,
    names: /\bLEAKED_E11000\b/,
  },
  {
    name: "a duplicate-key error is swallowed, and an id made up",
    changes: [
      {
        file: "insert-chats.js",
        text: "const inserted = chats.filter((_, index) => !refused.has(index));",
        becomes: "const inserted = chats;",
      },
    ],
    load: meeting,
    names: /\b(PHANTOM_ID|SPLIT_ID)\b/,
  },
  {
    name: "everybody is told to have created the chat",
    changes: [
      {
        file: "create-or-get-chat.js",
        text: 'created: first && how === "created"',
        becomes: "created: true",
      },
    ],
    load: storm,
    names: /\bDOUBLE_CREATED\b/,
  },
  {
    name: "an id is remembered, and still given out after its chat was merged away",
    changes: [
      {
        file: "get-chat.js",
        text: "return withDeadline(ctx, async () => toChat(ctx.model, await followChatId(ctx, id)));",
        becomes:
          "ctx.remembered ??= new Map(); const known = ctx.remembered.get(id); if (known) return known;" +
          "const chat = await withDeadline(ctx, async () => toChat(ctx.model, await followChatId(ctx, id)));" +
          "ctx.remembered.set(id, chat); return chat;",
      },
    ],
    load: ["--workload", "hot,merge-race", "--callers", "32", "--keys", "12"],
    names: /\bSTALE_AFTER_MERGE\b/,
  },
  {
    name: "the scope is left out of the key",
    changes: [
      {
        file: "participants-key.js",
        text: "const preimage = JSON.stringify([scope, ...ids]);",
        becomes: 'const preimage = JSON.stringify(["", ...ids]);',
      },
    ],
    load: ["--workload", "hot,scopes", "--callers", "32", "--keys", "16"],
    names: /\bCROSS_KEY\b/,
  },
];

/** Half of the mistakes in every run, and always the copy without one. */
const sample = sampleOf(2, process.env);
const leftOut = (place: number): string | null =>
  sample.has(place) ? null : "not among this run's sample of mistakes; SAMPLE=1/1 makes all of them";

describe(`a mistake in chat-domain is caught and named (${sample.name})`, () => {
  const placed = mutations.map((mutation, place) => ({ ...mutation, place }));
  it.for(placed)("$name", async ({ changes, load, names, place }, { skip }) => {
    const reason = leftOut(place);
    if (reason !== null) skip(reason);
    using wrong = mutant(changes);
    const { code, result } = await run([...contest, ...load, "--uri", testMongo().uri], wrong.env);
    expect({ code, found: namesIn(result) }).toEqual({
      code: 1,
      found: expect.stringMatching(names) as unknown,
    });
  });

  it("the index is not created: nothing is run at all", async () => {
    using wrong = mutant([
      {
        file: "indexes.js",
        text: "await ctx.chats.createIndex({ ...index.key }, { ...index.options });",
        becomes: "",
      },
    ]);
    const { code, stderr } = await run([...contest, ...storm, "--uri", testMongo().uri], wrong.env);
    expect(code).toBe(2);
    expect(stderr).toContain("onechat refuses to start: INDEX_MISSING");
  });

  it("a build that cannot be loaded is a failure of the harness, and no anomaly", async () => {
    using broken = mutant([{ file: "chat-context.js", text: "export function chatContext(", becomes: "!" }]);
    const { code, stderr } = await run([...contest, ...storm, "--uri", testMongo().uri], broken.env);
    expect(code).toBe(107);
    expect(stderr).toContain("the harness has failed: SyntaxError");
  });

  it("the same copy without a mistake passes", async () => {
    using right = mutant([]);
    const { code, result } = await run([...contest, ...meeting, "--uri", testMongo().uri], right.env);
    expect({ code, found: namesIn(result) }).toEqual({ code: 0, found: "" });
  });
});

const missing = (await crashableMongoMissing(process.env)) ?? leftOut(mutations.length);

describe("a mistake that only a crash brings to light", needs(missing), () => {
  // With w: 1 alone, the majority reads of other callers make the embedded engine write its log so often that only one
  // run in six with three kills each lost anything; an application that reads locally as well loses in every run.
  it("writes are not waited for until they are durable, and reads show what may be lost", async () => {
    using wrong = mutant([
      {
        file: "chat-context.js",
        text: 'writeConcern: { w: "majority", journal: true, wtimeoutMS: deadlineMs }',
        becomes: "writeConcern: { w: 1, journal: false }",
      },
      {
        file: "chat-context.js",
        text: 'readConcern: { level: "majority" }',
        becomes: 'readConcern: { level: "local" }',
      },
    ]);
    const load = ["--workload", "hot", "--callers", "32", "--fault", "db-kill", "--duration", "1s"];
    const { code, result } = await run([...contest, ...load, "--repeats", "4"], {
      ...wrong.env,
      MONGO_PROVIDER: "embedded",
    });
    expect({ code, found: namesIn(result) }).toEqual({
      code: 1,
      found: expect.stringContaining("LOST") as unknown,
    });
  });
});

/** The names of all anomalies, each once. */
function namesIn(result: StressResult | null): string {
  return [...new Set(result?.anomalies.map(({ name }) => name))].toSorted().join(" ");
}
