import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type * as ChatDomain from "@onechat/chat-domain";
import { type Db, ObjectId } from "mongodb";
import type { Store } from "./store.ts";
import { chatsCollection } from "./stored-chat.ts";

/** onechat as it is built here, or the build in another folder. */
export async function openOurs(db: Db, timeoutMs: number, build: string | null): Promise<Store> {
  const domain = await chatDomain(build);
  const ctx = domain.chatContext(db, { deadlineMs: timeoutMs });
  return {
    async ensure(people, options) {
      const { chat, created } = await domain.createOrGetChat(ctx, { ...people, ...options });
      return { id: chat.id, created };
    },
    async find(people) {
      const chat = await domain.findChat(ctx, people);
      return chat?.id ?? null;
    },
    resolve: (id) => domain.resolveChatId(ctx, id),
    // An application deletes its chats itself; onechat has no word for it.
    remove: async (id) => void (await db.collection(chatsCollection).deleteOne({ _id: new ObjectId(id) })),
    scopes: true,
  };
}

async function chatDomain(build: string | null): Promise<typeof ChatDomain> {
  if (build === null) return import("@onechat/chat-domain");
  const entry = pathToFileURL(join(resolve(build), "dist", "index.js"));
  return (await import(entry.href)) as typeof ChatDomain;
}
