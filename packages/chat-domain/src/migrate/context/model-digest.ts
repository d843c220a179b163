import { createHash } from "node:crypto";
import { BSON } from "mongodb";
import type { ChatModel } from "../../model/chat-model.ts";

/** What a model says where it says nothing, of all that came after the first version: it is in no digest. */
const laterDefaults = {
  model: { ignore: [], recordsPrefix: "" },
  chats: { keyField: "participantsKey", drift: "refuse", survivor: [], perParticipant: [] },
  references: { toField: "_id", prefix: "", where: {}, ignore: [] },
} as const;

/** What decides about the meaning of saved positions. */
export function modelDigest(model: ChatModel): string {
  return digest({
    ...unlessDefault(model, laterDefaults.model),
    chats: unlessDefault(model.chats, laterDefaults.chats),
    references: references(model),
  });
}

/** What decides about how a merge goes on that has begun. */
export function mergingDigest(model: ChatModel): string {
  return digest({ fold: model.fold, references: references(model) });
}

function references(model: ChatModel): readonly object[] {
  return model.references.map((reference) => unlessDefault(reference, laterDefaults.references));
}

function unlessDefault(
  part: object,
  defaults: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isDefault = (name: string, value: unknown): boolean =>
    name in defaults && JSON.stringify(value) === JSON.stringify(defaults[name]);
  return Object.fromEntries(Object.entries(part).filter(([name, value]) => !isDefault(name, value)));
}

function digest(value: object): string {
  return createHash("sha256").update(BSON.EJSON.stringify(value)).digest("hex").slice(0, 16);
}
