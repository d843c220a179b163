import type { Collection } from "mongodb";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { createOrGetChat, ensureIndexesIfEmpty, findChat, listChats } from "@onechat/chat-domain";
import { type Ratio, ratioOf } from "../ratio.ts";

type Work = () => Promise<unknown>;

/** How many times as long something takes as what it is measured beside. */
export interface HeavyResult extends Ratio {
  readonly work: string;
  readonly beside: string;
}

const chatsOfOne = 60_000;

/** What people with very many chats, and very large new groups, wait for. */
export async function heavyRounds(uri: string, rounds: number): Promise<readonly HeavyResult[]> {
  return [
    ...(await manyChats(uri, { isKeyed: true, rounds })),
    ...(await manyChats(uri, { isKeyed: false, rounds })),
    await newChats(uri, rounds, largeGroups),
    await newChats(uri, rounds, pairsOfOne),
  ];
}

interface ManyChats {
  readonly isKeyed: boolean;
  readonly rounds: number;
}

async function manyChats(uri: string, { isKeyed, rounds }: ManyChats): Promise<readonly HeavyResult[]> {
  await using chats = await chatsIn(uri, "claim");
  const hubs = ["hub", "other"];
  const chatOf = (index: number): object => ({
    participants: [hubs[index % 2], `user-${index}`],
    scope: `work-${index % 7}`,
    ...(isKeyed ? { participantsKey: `v1.${index}` } : {}),
  });
  for (let from = 0; from < chatsOfOne * 2; from += 10_000)
    await (chats.chats as unknown as Collection).insertMany(
      Array.from({ length: 10_000 }, (_, index) => chatOf(from + index)),
    );
  const works: Readonly<Record<string, Work>> = {
    "a list in a foreign scope": () => listChats(chats, { participant: "hub", scope: "home" }),
    "a list without a scope": () => listChats(chats, { participant: "hub", scope: "" }),
    "the chat with oneself, found": () => findChat(chats, { participants: ["hub"] }),
    "the chat with oneself, made": () => createOrGetChat(chats, { participants: ["hub"] }),
    "the chat of two of them": () => findChat(chats, { participants: hubs }),
  };
  const beside = `a list, ${chatsOfOne} chats ${isKeyed ? "with" : "without"} a key`;
  const list: Work = () => listChats(chats, { participant: "hub" });
  const results: HeavyResult[] = [];
  for (const [work, run] of Object.entries(works))
    results.push({ work, beside, ...(await inAlternation([run, list], rounds)) });
  return results;
}

interface NewChats {
  readonly work: string;
  /** The people of each chat, others in each run. */
  readonly setsOf: (run: number) => readonly (readonly string[])[];
}

const largeGroups: NewChats = {
  work: "fifty new groups of a hundred",
  setsOf: (run) =>
    Array.from({ length: 50 }, (_, group) =>
      Array.from({ length: 100 }, (_person, person) => `p${run}-${group}-${person}`),
    ),
};

const pairsOfOne: NewChats = {
  work: "640 new pairs of one person",
  setsOf: (run) => Array.from({ length: 640 }, (_, index) => ["hub", `user-${run}-${index}`]),
};

/** What it costs that chats without a key may exist. */
async function newChats(uri: string, rounds: number, { work, setsOf }: NewChats): Promise<HeavyResult> {
  await using claiming = await chatsIn(uri, "claim");
  await using sealed = await chatsIn(uri, "none");
  let run = 0;
  const made = (chats: ChatConnection) => async (): Promise<void> => {
    run += 1;
    await Promise.all(setsOf(run).map((participants) => createOrGetChat(chats, { participants })));
  };
  const ratio = await inAlternation([made(claiming), made(sealed)], rounds);
  return { work, beside: "legacy: none", ...ratio };
}

async function inAlternation([one, other]: readonly [Work, Work], rounds: number): Promise<Ratio> {
  const pairs: (readonly [number, number])[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const pair = [await millisecondsOf(one), await millisecondsOf(other)] as const;
    if (round >= 0) pairs.push(pair);
  }
  return ratioOf(pairs);
}

async function millisecondsOf(work: Work): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function chatsIn(uri: string, legacy: "claim" | "none"): Promise<ChatConnection> {
  const chats = connect({ uri, database: `heavy-${legacy}-${Date.now()}`, legacy });
  await ensureIndexesIfEmpty(chats);
  return {
    ...chats,
    async [Symbol.asyncDispose]() {
      await chats.db.dropDatabase();
      await chats[Symbol.asyncDispose]();
    },
  };
}
