import type { ChatContext } from "@onechat/chat-domain";
import type { NaiveChats } from "./naive-chats.ts";

/** One line of a list, as text. */
export interface ListedChat {
  readonly id: string;
  readonly participants: readonly string[];
  readonly createdAt: string | null;
}

export interface NewestChats {
  readonly onechat: readonly ListedChat[];
  readonly naive: readonly ListedChat[];
}

/** The ends of two indexes, whatever else there is. */
const newest = { sort: { _id: -1 }, limit: 10, projection: { participants: 1, createdAt: 1 } } as const;

/** Whoever's chats they are: for development, where everybody may have everybody's token. */
export async function newestChats(
  { chats, deadlineMs }: ChatContext,
  naive: NaiveChats,
): Promise<NewestChats> {
  const options = { ...newest, maxTimeMS: deadlineMs };
  const lists = await Promise.all([
    chats.find({}, options).toArray(),
    naive.collection().then((collection) => collection.find({}, options).toArray()),
  ]);
  const [ours, theirs] = lists.map((documents) => documents.map(listed));
  return { onechat: ours ?? [], naive: theirs ?? [] };
}

interface Listable {
  readonly _id: unknown;
  readonly participants?: unknown;
  readonly createdAt?: unknown;
}

function listed({ _id, participants, createdAt }: Listable): ListedChat {
  return {
    id: String(_id),
    participants: Array.isArray(participants) ? participants.map(String) : [],
    createdAt: createdAt instanceof Date ? createdAt.toISOString() : null,
  };
}
