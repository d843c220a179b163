import type { Document } from "bson";
import { describe, expect, it } from "vitest";
import { answerCommand } from "../src/host/answer-command.ts";
import { barrierDatabase, fakeEngine, parsed, request } from "./fake-engine.ts";
import { seededRandom } from "./random.ts";

const insert = { insert: "chats", $db: "app", writeConcern: { w: "majority", j: true } };
const plainInsert = { insert: "chats", $db: "app" };
const majorityFind = { find: "chats", $db: "app", readConcern: { level: "majority" } };
const plainFind = { find: "chats", $db: "app" };

/** Counts barriers; every command is answered at once. */
function countingEngine(barrierAnswer: Document = { ok: 1 }): {
  readonly engine: ReturnType<typeof fakeEngine>;
  readonly barriers: () => number;
  readonly commands: () => readonly string[];
} {
  let barriers = 0;
  const commands: string[] = [];
  const engine = fakeEngine(async (command) => {
    if (command["$db"] !== barrierDatabase) {
      commands.push(Object.keys(command)[0] ?? "");
      return { ok: 1, n: 1 };
    }
    barriers += 1;
    expect(command["writeConcern"]).toEqual({ w: 1, j: true });
    return barrierAnswer;
  });
  return { engine, barriers: () => barriers, commands: () => commands };
}

describe("answering a command", () => {
  it("hands the engine's answer through, to the request it belongs to", async () => {
    const { engine, barriers } = countingEngine();
    const answer = await answerCommand(engine, true)(request(plainFind, 4_711));
    expect(parsed(answer)).toEqual({ ok: 1, n: 1 });
    expect(answer?.readInt32LE(8)).toBe(4_711);
    expect(barriers()).toBe(0);
  });

  it("answers nothing where nothing is awaited", async () => {
    const { engine } = countingEngine();
    const unacknowledged = request(plainInsert);
    unacknowledged.writeUInt32LE(2, 16);
    expect(await answerCommand(engine, true)(unacknowledged)).toBeNull();
    const farewell = request({ endSessions: [], $db: "admin" });
    farewell.writeUInt32LE(2, 16);
    expect(await answerCommand(engine, true)(farewell)).toBeNull();
  });

  it("refuses what would end the engine, and the engine never sees it", async () => {
    const { engine, commands } = countingEngine();
    const answer = await answerCommand(engine, true)(request({ startSession: 1, $db: "admin" }, 12));
    expect(parsed(answer)).toMatchObject({ ok: 0, code: 59 });
    expect(answer?.readInt32LE(8)).toBe(12);
    expect(commands()).toEqual([]);
  });

  it("holds every journaled write back for a barrier, unless it is turned off", async () => {
    const { engine, barriers } = countingEngine();
    const answer = answerCommand(engine, true);
    await answer(request(insert));
    await answer(request(insert));
    expect(barriers()).toBe(2);
    await answerCommand(engine, false)(request(insert));
    expect(barriers()).toBe(2);
  });

  it("holds a majority read back only while something that it may show is not durable", async () => {
    const { engine, barriers } = countingEngine();
    const answer = answerCommand(engine, true);
    await answer(request(majorityFind));
    expect(barriers()).toBe(0);
    await answer(request(plainInsert));
    await answer(request(plainFind));
    expect(barriers()).toBe(0);
    await answer(request(majorityFind));
    await answer(request(majorityFind));
    expect(barriers()).toBe(1);
  });

  it("counts a write that the engine did not answer as one that may have happened", async () => {
    let barriers = 0;
    const engine = fakeEngine(async (command) => {
      if (command["insert"] !== undefined) throw new Error("the engine stumbled");
      if (command["$db"] === barrierDatabase) barriers += 1;
      return { ok: 1 };
    });
    const answer = answerCommand(engine, true);
    await expect(answer(request(insert))).rejects.toThrow("the engine stumbled");
    await answer(request(majorityFind));
    expect(barriers).toBe(1);
  });

  it.each([
    { ok: 0, errmsg: "disk full" },
    { ok: 1, writeErrors: [{ index: 0, code: 1 }] },
    { ok: 1, writeConcernError: { code: 64 } },
  ])("promises nothing when the barrier is answered %o", async (barrierAnswer) => {
    const { engine } = countingEngine(barrierAnswer);
    await expect(answerCommand(engine, true)(request(insert))).rejects.toThrow("nothing can be promised");
  });
});

interface Span {
  readonly kind: "write" | "read" | "barrier";
  readonly begun: number;
  answered: number;
  replied: number;
}

/** Runs clients with random commands against an engine with random delays, and notes when everything happened. */
async function randomHistory(seed: number): Promise<readonly Span[]> {
  const random = seededRandom(seed);
  const history: Span[] = [];
  const open = new Map<number, Span>();
  let clock = 0;
  const pause = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns -= 1) await new Promise(setImmediate);
  };
  const engine = fakeEngine(async (command) => {
    const barrier = command["$db"] === barrierDatabase;
    const kind = barrier ? "barrier" : command["find"] === undefined ? "write" : "read";
    const span: Span = { kind, begun: ++clock, answered: Infinity, replied: Infinity };
    history.push(span);
    if (typeof command["request"] === "number") open.set(command["request"], span);
    await pause();
    span.answered = ++clock;
    return { ok: 1 };
  });
  const answer = answerCommand(engine, true);
  let requests = 0;
  const client = async (): Promise<void> => {
    for (let commands = 0; commands < 12; commands += 1) {
      await pause();
      const number = ++requests;
      const chosen = [insert, insert, majorityFind][Math.floor(random() * 3)];
      await answer(request({ ...chosen, request: number }));
      const span = open.get(number);
      if (span !== undefined) span.replied = ++clock;
    }
  };
  await Promise.all(Array.from({ length: 6 }, client));
  return history;
}

function coveredBy(history: readonly Span[], after: number, before: number): boolean {
  return history.some(
    ({ kind, begun, answered }) => kind === "barrier" && begun > after && answered < before,
  );
}

describe.each(Array.from({ length: 40 }, (_, seed) => seed))("whatever the timing (%i)", (seed) => {
  it("no answer comes before a barrier that began after what it promises or shows", async () => {
    const history = await randomHistory(seed);
    const writes = history.filter(({ kind }) => kind === "write");
    const reads = history.filter(({ kind }) => kind === "read");
    for (const { answered, replied } of writes) expect(coveredBy(history, answered, replied)).toBe(true);
    for (const read of reads) {
      for (const write of writes.filter(({ begun }) => begun < read.answered)) {
        expect(coveredBy(history, Math.min(write.answered, read.answered), read.replied)).toBe(true);
      }
    }
    const barriers = history.filter(({ kind }) => kind === "barrier");
    expect(barriers.length).toBeLessThan(writes.length + reads.length);
  });
});
