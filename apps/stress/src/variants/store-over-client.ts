import type { ChatStore, OpenStore, StorePlace } from "./chat-store.ts";
import { type StoreClient, writeCounter } from "./store-client.ts";
import { warmUpOf } from "./warm-up.ts";

/** A store on the bare driver, which owns its client and has nothing to prepare. */
export function storeOverClient(store: ChatStore, connection: StoreClient, place: StorePlace): OpenStore {
  return {
    ...store,
    prepare: () => Promise.resolve(),
    warmUp: warmUpOf(store, place),
    writesSent: writeCounter(connection.client, place),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
