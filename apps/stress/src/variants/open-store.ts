import type { Variant } from "../history/operation.ts";
import type { OpenStore, StorePlace } from "./chat-store.ts";
import { openMongoose } from "./mongoose-upsert.ts";
import { openNaive } from "./naive.ts";
import { openOurs } from "./ours.ts";
import { openRaw } from "./raw.ts";

const openers: Readonly<Record<Variant, (place: StorePlace) => OpenStore | Promise<OpenStore>>> = {
  ours: openOurs,
  naive: openNaive,
  mongoose: openMongoose,
  raw: openRaw,
};

/** @throws MongoParseError when the connection string is none */
export async function openStore(variant: Variant, place: StorePlace): Promise<OpenStore> {
  return openers[variant](place);
}
