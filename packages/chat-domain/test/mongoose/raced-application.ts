import { ObjectId } from "mongodb";
import type { Types } from "mongoose";
import type { FreshApplication } from "./fresh-application.ts";
import { type Conversation, OldVersion, raceOfDevices } from "./old-version.ts";

export const pairs = 8;
const processes = 4;

export interface RacedApplication {
  /** Its processes, still running. */
  readonly old: readonly [OldVersion, ...OldVersion[]];
  readonly conversations: readonly Conversation[];
  readonly duplicates: number;
}

/** An old application of several processes, in which every pair of people has opened its chat at once. */
export async function racedApplication(application: FreshApplication): Promise<RacedApplication> {
  const connections = await Promise.all(Array.from({ length: processes }, () => application.process()));
  const [first, ...others] = connections.map((connection) => new OldVersion(connection));
  const old = [only([first]), ...others] as const;
  const conversations = await raceOfDevices(old, pairs);
  const chats = conversations.reduce((sum, conversation) => sum + conversation.chats.length, 0);
  return { old: [...old], conversations, duplicates: chats - pairs };
}

export function only<T>([one]: readonly (T | undefined)[]): T {
  if (one === undefined) throw new Error("there is none");
  return one;
}

/** Two chats of a pair that has several: the oldest, which will survive, and one that will be merged into it. */
export function twoChatsOf(conversations: readonly Conversation[]): {
  readonly survivor: ObjectId;
  readonly loser: ObjectId;
  readonly sender: Types.ObjectId;
  readonly receiver: Types.ObjectId;
} {
  const { chats, pair } = only(conversations.filter((conversation) => conversation.chats.length > 1));
  const [oldest, next] = chats.map(({ id }) => id.toHexString()).toSorted();
  const [sender, receiver] = pair;
  return { survivor: new ObjectId(oldest), loser: new ObjectId(next), sender, receiver };
}

export function allMessagesOf({ chats }: Conversation): readonly Types.ObjectId[] {
  return chats.flatMap(({ messages }) => messages);
}

/** Which ids are not among what was found. */
export function missing(
  wanted: readonly Types.ObjectId[],
  found: readonly { readonly _id: unknown }[],
): readonly string[] {
  const ids = new Set(found.map(({ _id }) => String(_id)));
  return wanted.map(String).filter((id) => !ids.has(id));
}
