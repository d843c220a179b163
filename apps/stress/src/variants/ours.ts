import { chatContext, createOrGetChat, findChat, resolveChatId } from "@onechat/chat-domain";
import type { ChatStore, OpenStore, StorePlace } from "./chat-store.ts";
import { storeClient, writeCounter } from "./store-client.ts";
import { warmUpOf } from "./warm-up.ts";

/** The package under test, over connections like everybody else's. */
export function openOurs(place: StorePlace): OpenStore {
  const connection = storeClient(place);
  const { client } = connection;
  const ctx = chatContext(client.db(place.database), { deadlineMs: place.timeoutMs });
  const store: ChatStore = {
    async ensure(people) {
      const { chat, created } = await createOrGetChat(ctx, people);
      return { id: chat.id, created };
    },
    async find(people) {
      const chat = await findChat(ctx, people);
      return chat?.id ?? null;
    },
    resolve: (id) => resolveChatId(ctx, id),
  };
  return {
    ...store,
    prepare: () => Promise.resolve(),
    warmUp: warmUpOf(store, place),
    writesSent: writeCounter(client, place),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
