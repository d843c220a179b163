import type { Variant } from "../history/operation.ts";
import type { OpenStore, StorePlace } from "../variants/chat-store.ts";
import { openStore } from "../variants/open-store.ts";
import { boundedStore } from "./bounded-store.ts";
import { type HttpPlace, openHttp } from "./http-store.ts";

/** How calls get to a variant: everything a worker has to know to open it. */
export type Route =
  | { readonly path: "domain"; readonly variant: Variant; readonly place: StorePlace }
  | { readonly path: "http" | "http-batch"; readonly variant: "ours"; readonly place: HttpPlace };

export async function openRoute(route: Route): Promise<OpenStore> {
  const store = route.path === "domain" ? openStore(route.variant, route.place) : openHttp(route.place);
  return boundedStore(await store, route.place.timeoutMs);
}
