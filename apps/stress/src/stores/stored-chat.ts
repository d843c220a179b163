import { participantsKey } from "@onechat/chat-domain";
import type { ObjectId } from "mongodb";
import type { People } from "./store.ts";

/** A document as the controls write it; onechat's own look the same. */
export interface StoredChat {
  readonly _id: ObjectId;
  readonly participants: readonly string[];
  readonly participantsKey: string;
  readonly scope?: string;
  readonly createdAt: Date;
}

/** The fields of a new chat. The controls use onechat's key, so that none of them has less to compute. */
export function newChat({ participants, scope }: People): Omit<StoredChat, "_id"> {
  return {
    participants: [...new Set(participants)].toSorted(),
    participantsKey: keyOf({ participants, scope }),
    ...(scope === "" ? {} : { scope }),
    createdAt: new Date(),
  };
}

export function keyOf({ participants, scope }: People): string {
  return participantsKey(participants, scope);
}

export const chatsCollection = "chats";
