import { participantsKey } from "@onechat/chat-domain";
import { MongoClient } from "mongodb";
import { median, type Ratio, ratioOf } from "../ratio.ts";
import { rotated } from "../rotated.ts";
import { closedLoop } from "./closed-loop.ts";
import { durable, type Variants } from "./controls.ts";
import { fresh } from "./workloads.ts";

export interface CeilingOptions {
  readonly callers: number;
  readonly rounds: number;
}

export interface CeilingResult extends CeilingOptions {
  readonly variants: readonly CeilingVariant[];
}

/** Its ratio says how many times as many chats the bare writes have made per second. */
export interface CeilingVariant extends Ratio {
  readonly name: string;
  readonly perSecond: number;
}

const blockMs = 250;
const compared = ["ours", "mongoose", "raw driver"] as const;

/**
 * New chats beside nothing but their writes: one `insertMany` of one chat for each caller after the other, which looks
 * for no chat, proves no index and makes no answer. No way of making them in batches of this size can be faster.
 */
export async function ceilingRounds(
  uri: string,
  variants: Variants,
  { callers, rounds }: CeilingOptions,
): Promise<CeilingResult> {
  await using client = await new MongoClient(uri).connect();
  const chats = client.db("bench").collection("chats", { writeConcern: durable });
  let call = Date.now() * 1_000;
  const bare = async (): Promise<number> => {
    const { perSecond } = await closedLoop(1, blockMs, () => {
      const pairs = Array.from({ length: callers }, () => fresh((call += 1)));
      const made = pairs.map((pair) => ({
        participants: [...pair],
        participantsKey: participantsKey(pair),
        createdAt: new Date(),
      }));
      return chats.insertMany(made, { ordered: false });
    });
    return perSecond * callers;
  };
  const rateOf = async (name: (typeof compared)[number]): Promise<number> =>
    (await closedLoop(callers, blockMs, () => variants[name](fresh((call += 1))))).perSecond;
  const names = ["bare insertMany", ...compared] as const;
  const rates = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const name of rotated(names, round + 1)) {
      const rate = name === "bare insertMany" ? await bare() : await rateOf(name);
      if (round >= 0) rates.get(name)?.push(rate);
    }
  }
  const ceiling = rates.get("bare insertMany") ?? [];
  return {
    callers,
    rounds,
    variants: names.map((name) => {
      const own = rates.get(name) ?? [];
      const pairs = ceiling.map((rate, round) => [rate, own[round] ?? Number.NaN] as const);
      return { name, perSecond: median(own), ...ratioOf(pairs) };
    }),
  };
}
