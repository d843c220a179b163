import { canBeProxied, fakeReplicaSet, wireProxy, type WireProxy } from "@onechat/mongo/proxy";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { needs, sampleOf } from "@onechat/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChatConnection, connect } from "../src/connect/index.ts";
import {
  assertIndexes,
  ChatError,
  createOrGetChat,
  ensureIndexes,
  findChat,
  getChat,
  listChats,
  releaseChat,
  resolveChatId,
} from "../src/index.ts";
import { type Fault, faults } from "./passing-faults.ts";

const { uri: upstream } = testMongo();
const notProxied = canBeProxied(upstream) ? null : "no proxy can stand before the database";

/** Every eighth row is tried, other ones in every run; `SAMPLE=1/1` tries each. */
const { has, name: tried } = sampleOf(8, process.env);

type Answer = string | boolean | readonly string[];

interface Path {
  readonly name: string;
  readonly legacy: "claim" | "none";
  /** Whether the people have a chat before. */
  readonly exists: boolean;
  /** What it is answered with; the second time, too. */
  readonly ask: (chats: ChatConnection, person: string) => Promise<Answer>;
}

const of = (person: string) => ({ participants: [person, "bob"] });
const one = async (chats: ChatConnection, person: string) =>
  (await createOrGetChat(chats, of(person))).chat.id;
/** Five at once are a batch; the other four are made by nobody's fault, too. */
const batch = async (chats: ChatConnection, person: string) => {
  const people = [person, ...Array.from({ length: 4 }, (_, n) => `${person}-${n}`)];
  const settled = await Promise.allSettled(people.map((each) => createOrGetChat(chats, of(each))));
  const refused = settled.find((each) => each.status === "rejected");
  if (refused !== undefined) throw refused.reason;
  return settled.flatMap((each) => (each.status === "fulfilled" ? [each.value.chat.id] : []));
};

const paths: readonly Path[] = [
  ...(["claim", "none"] as const).flatMap((legacy): readonly Path[] => [
    { name: `one new chat, ${legacy}`, legacy, exists: false, ask: one },
    { name: `one chat that exists, ${legacy}`, legacy, exists: true, ask: one },
    { name: `a batch of new chats, ${legacy}`, legacy, exists: false, ask: batch },
  ]),
  {
    name: "a find",
    legacy: "none",
    exists: true,
    ask: async (chats, person) => (await findChat(chats, of(person)))?.id ?? "none",
  },
  {
    name: "a chat by its id",
    legacy: "none",
    exists: true,
    ask: async (chats, person) => (await getChat(chats, known(person))).id,
  },
  {
    name: "an id that is resolved",
    legacy: "none",
    exists: true,
    ask: async (chats, person) => resolveChatId(chats, known(person)),
  },
  {
    name: "a list",
    legacy: "none",
    exists: true,
    ask: async (chats, person) =>
      (await listChats(chats, { participant: person, limit: 5 })).chats.map(({ id }) => id),
  },
  {
    name: "a release",
    legacy: "none",
    exists: true,
    ask: async (chats, person) => {
      await releaseChat(chats, known(person));
      return true;
    },
  },
  {
    name: "the look at the indexes",
    legacy: "none",
    exists: true,
    ask: async (chats) => {
      await assertIndexes(chats);
      await ensureIndexes(chats);
      return true;
    },
  },
];

/** The chats that were there before, by the people of their row. */
const ids = new Map<string, string>();

function known(person: string): string {
  return ids.get(person) ?? "none";
}

interface Row {
  readonly path: Path;
  readonly fault: Fault;
}

const rows: readonly Row[] = paths.flatMap((path) => faults.map((fault) => ({ path, fault })));

describe.each(["standalone", "replica set"] as const)(
  `every passing error, on every path, at every moment: ${tried}, %s`,
  needs(notProxied),
  (topology) => {
    const database = databaseName("every-error");
    const calm = connect({ uri: upstream, database, legacy: "none" });
    let proxy: WireProxy;
    let contexts: Readonly<Record<Path["legacy"], ChatConnection>>;

    beforeAll(async () => {
      proxy = await (topology === "standalone" ? wireProxy : fakeReplicaSet)({ upstream, remember: 0 });
      await ensureIndexes(calm);
      const options = { uri: proxy.uri, database, deadlineMs: 20_000 };
      contexts = {
        claim: connect({ ...options, legacy: "claim" }),
        none: connect({ ...options, legacy: "none" }),
      };
    });
    afterAll(async () => {
      for (const chats of Object.values(contexts)) await chats[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await calm.db.dropDatabase();
      await calm[Symbol.asyncDispose]();
    });

    interface Verdict {
      /** Whether any command met the fault. */
      readonly met: boolean;
      readonly wrong: readonly string[];
    }

    async function verdictOf({ path, fault }: Row, person: string): Promise<Verdict> {
      const chats = contexts[path.legacy];
      if (path.exists) ids.set(person, (await createOrGetChat(calm, of(person))).chat.id);
      const rule = proxy.rule({ collections: ["chats"], times: 2, ...fault.rule });
      const [first] = await Promise.allSettled([path.ask(chats, person)]);
      rule.lift();
      const met = rule.hits() > 0;
      const before = await chatsOf(person);
      const again = await persistently(() => path.ask(chats, person));
      const after = await chatsOf(person);
      remembered.set(person, after);
      const isOther = path.exists && path.name.startsWith("one") && again !== ids.get(person);
      const wrong = [
        ...(first === undefined ? [] : wrongAnswer(first, String(again))),
        ...(isOther ? ["another chat"] : []),
        ...(isAnyGone(before, after) ? ["a chat is gone"] : []),
      ];
      return { met, wrong };
    }

    function wrongAnswer(first: PromiseSettledResult<unknown>, again: string): readonly string[] {
      if (first.status === "rejected")
        return isUnavailable(first.reason) ? [] : [`answered with ${String(first.reason)}`];
      return String(first.value) === again ? [] : [`${String(first.value)}, then ${again}`];
    }

    /** Whatever was answered, nothing that was there is gone, and there is one chat for each set of people. */
    function isAnyGone(before: readonly string[], after: readonly string[]): boolean {
      const idOf = (text: string): string => text.split(" ")[0] ?? "";
      const left = new Set(after.map(idOf));
      return before.some((text) => !left.has(idOf(text)));
    }

    /** By the people of a row, what stood there at its end: nothing may come later. */
    const remembered = new Map<string, readonly string[]>();

    async function chatsOf(person: string): Promise<readonly string[]> {
      const found = await calm.db
        .collection("chats")
        .find({ participants: new RegExp(`^${person}(-\\d)?$`) }, { sort: { _id: 1 } })
        .toArray();
      return found.map(({ _id, participantsKey }) => `${String(_id)} ${String(participantsKey)}`);
    }

    it("is UNAVAILABLE or not even noticed, is gone afterwards, and leaves no late write", async () => {
      const counts = { rows: 0, met: 0 };
      const wrong: string[] = [];
      for (const [place, row] of rows.entries()) {
        if (!has(place)) continue;
        const verdict = await verdictOf(row, `p${place}x`);
        counts.rows += 1;
        if (verdict.met) counts.met += 1;
        wrong.push(...verdict.wrong.map((what) => `${row.path.name}, ${row.fault.name}: ${what}`));
      }
      for (const [person, left] of remembered)
        expect([person, await chatsOf(person)]).toEqual([person, left]);
      const doubled = await calm.db
        .collection("chats")
        .aggregate([
          { $match: { releasedAt: null } },
          { $group: { _id: "$participants", chats: { $sum: 1 } } },
          { $match: { chats: { $gt: 1 } } },
        ])
        .toArray();
      process.stdout.write(`${topology}: ${counts.rows} rows, ${counts.met} met by a command\n`);
      expect(wrong).toEqual([]);
      expect(doubled).toEqual([]);
      expect(counts.met).toBeGreaterThan(counts.rows / 4);
    });
  },
);

function isUnavailable(error: unknown): boolean {
  return error instanceof ChatError && error.code === "UNAVAILABLE";
}

/** As a caller does who is told to come back. */
async function persistently<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 50; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isUnavailable(error) || left === 0) throw error;
    }
  }
}
