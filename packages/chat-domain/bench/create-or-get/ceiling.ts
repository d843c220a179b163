import { participantsKey } from "@onechat/chat-domain";
import { MongoClient } from "mongodb";
import { type RatedResult, ratedRounds, type RatedVariant } from "../rated-rounds.ts";
import { closedLoop } from "./closed-loop.ts";
import { durable, type VariantName, type Variants } from "./controls.ts";
import { fresh } from "./workloads.ts";

export interface CeilingOptions {
  readonly callers: number;
  readonly rounds: number;
}

export interface CeilingResult extends CeilingOptions {
  /** The bare writes first. */
  readonly variants: readonly RatedResult[];
}

const blockMs = 250;

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
  const insert = (): Promise<unknown> =>
    chats.insertMany(
      Array.from({ length: callers }, () => newChat(fresh((call += 1)))),
      { ordered: false },
    );
  const bare: RatedVariant = {
    name: "bare insertMany",
    async run() {
      const { perSecond } = await closedLoop(1, blockMs, insert);
      return { items: perSecond * callers, seconds: 1 };
    },
  };
  const asked = (name: VariantName): RatedVariant => ({
    name,
    async run() {
      const { perSecond } = await closedLoop(callers, blockMs, () => variants[name](fresh((call += 1))));
      return { items: perSecond, seconds: 1 };
    },
  });
  const compared = [bare, asked("ours"), asked("mongoose"), asked("raw driver")];
  return { callers, rounds, variants: await ratedRounds(compared, rounds, () => undefined) };
}

function newChat(pair: readonly string[]) {
  return { participants: [...pair], participantsKey: participantsKey(pair), createdAt: new Date() };
}
