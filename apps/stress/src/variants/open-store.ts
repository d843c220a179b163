import type { Variant } from "../history/operation.ts";
import type { OpenStore, StorePlace } from "./chat-store.ts";

/** Loaded when needed: a process that never calls Mongoose need not wait for it. */
const openers: Readonly<Record<Variant, (place: StorePlace) => Promise<OpenStore>>> = {
  ours: async (place) => (await import("./ours.ts")).openOurs(place),
  naive: async (place) => (await import("./naive.ts")).openNaive(place),
  mongoose: async (place) => (await import("./mongoose-upsert.ts")).openMongoose(place),
  raw: async (place) => (await import("./raw.ts")).openRaw(place),
};

/** @throws MongoParseError when the connection string is none */
export async function openStore(variant: Variant, place: StorePlace): Promise<OpenStore> {
  return openers[variant](place);
}
