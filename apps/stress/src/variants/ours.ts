import { chatContext, createOrGetChat, findChat, resolveChatId } from "@onechat/chat-domain";
import type { ChatStore, OpenStore, StorePlace } from "./chat-store.ts";
import { storeClient } from "./store-client.ts";
import { storeOverClient } from "./store-over-client.ts";

/** The package under test, over connections like everybody else's. */
export function openOurs(place: StorePlace): OpenStore {
  const connection = storeClient(place);
  const ctx = chatContext(connection.client.db(place.database), { deadlineMs: place.timeoutMs });
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
  return storeOverClient(store, connection, place);
}
