import type { Collection, Document } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { type ChatRequest, documentOf, equalitiesOf, type NewId, plainEquality } from "../model/new-chat.ts";
import { identityRoots } from "../model/participants-place.ts";
import { rootOf, type StoredDocument } from "../model/stored-document.ts";

/** Whether `where` selects the chats that are to be made. One that it does not would hold a key and be handed out to nobody. */
export interface NewChatSelection {
  /** The keys of those that it does not select. */
  unselected(requests: readonly ChatRequest[]): Promise<ReadonlySet<string>>;
}

export function newChatSelection(
  chats: Collection<StoredDocument>,
  { model, newId, maxTimeMS }: Pick<Asked, "model" | "newId" | "maxTimeMS">,
): NewChatSelection {
  if (isFulfilled(model)) return { unselected: () => Promise.resolve(new Set()) };
  const named = namedFields(model.chats.where);
  // What makes ids may count: it is asked for one more only where that decides.
  const asksForId = named === null || named.has("_id");
  const ask = (requests: readonly ChatRequest[]): Promise<ReadonlySet<string>> =>
    unselectedAmong(chats, { model, requests, newId: asksForId ? newId : null, maxTimeMS });
  let areBareSelected: Promise<boolean> | null = null;
  return {
    async unselected(requests) {
      const told = requests.filter((request) => decides(model, named, request));
      const bare = requests.filter((request) => !told.includes(request));
      const [first] = bare;
      if (first !== undefined)
        areBareSelected ??= ask([first]).then(
          (keys) => keys.size === 0,
          (error: unknown) => {
            areBareSelected = null;
            throw error;
          },
        );
      const others =
        first === undefined || (await areBareSelected) === true ? [] : bare.map(({ key }) => key);
      return new Set([...(told.length === 0 ? [] : await ask(told)), ...others]);
    },
  };
}

interface Asked {
  readonly model: ChatModel;
  readonly requests: readonly ChatRequest[];
  /** Makes the `_id` that is looked at; `null`: an ObjectId, in place of whatever it will be. */
  readonly newId: NewId | null;
  readonly maxTimeMS: number;
}

/** Which of these new chats `where` does not select, by key; judged by the server, without a document being written. */
export async function unselectedAmong(
  chats: Collection<StoredDocument>,
  { model, requests, newId, maxTimeMS }: Asked,
): Promise<ReadonlySet<string>> {
  const { keyField, where } = model.chats;
  const documents = requests.map((request) => documentOf(model, newId, request));
  const selected = await chats
    .aggregate(
      [
        { $limit: 1 },
        // One document, also of a collection that is empty.
        { $facet: { none: [{ $limit: 1 }] } },
        { $project: { made: { $literal: documents } } },
        { $unwind: "$made" },
        { $replaceWith: "$made" },
        { $match: where },
        { $project: { _id: 0, [keyField]: 1 } },
      ],
      { collation: { locale: "simple" }, maxTimeMS },
    )
    .toArray();
  const keys = new Set(selected.map((document) => document[keyField] as unknown));
  return new Set(requests.map(({ key }) => key).filter((key) => !keys.has(key)));
}

/** The error of a new chat that `where` would not select. */
export function unselectedError(model: ChatModel): Error {
  const named = namedFields(model.chats.where);
  return identityRoots(model).some((field) => named?.has(field) === true)
    ? new ChatError(
        "INVALID_PARTICIPANTS",
        'a new chat of these people, with what is given in set and member, would not be one that "where" selects',
      )
    : new TypeError('a new chat would not be one that "where" selects: give it in set what that demands');
}

/** Whether all that is demanded is written into every new chat. */
function isFulfilled(model: ChatModel): boolean {
  const written = new Set(Object.keys(equalitiesOf(model)));
  const isWritten = (where: Readonly<Document>): boolean =>
    Object.entries(where).every(([field, condition]) => {
      if (field === "$and" && Array.isArray(condition)) return condition.every(isWritten);
      return written.has(field) && plainEquality(condition) !== null;
    });
  return isWritten(model.chats.where);
}

/** The top-level fields that a filter names; `null` where it may ask for any. */
function namedFields(where: Readonly<Document>): ReadonlySet<string> | null {
  const named = Object.entries(where).map(([field, condition]) => fieldsOf(field, condition));
  const known = named.filter((fields) => fields !== null);
  return known.length < named.length ? null : new Set(known.flat());
}

const combining: ReadonlySet<string> = new Set(["$and", "$or", "$nor"]);

function fieldsOf(field: string, condition: unknown): readonly string[] | null {
  if (!field.startsWith("$")) return [rootOf(field)];
  if (!combining.has(field) || !Array.isArray(condition)) return null;
  const parts = condition.map((part: Document) => namedFields(part));
  const known = parts.filter((fields) => fields !== null);
  return known.length < parts.length ? null : known.flatMap((fields) => [...fields]);
}

/** Whether what is asked for may make a difference; else all new chats are alike to `where`. */
function decides(model: ChatModel, named: ReadonlySet<string> | null, { set }: ChatRequest): boolean {
  if (named === null) return true;
  const own = [...identityRoots(model), "createdAt", "_id"];
  return [...own, ...Object.keys(set)].some((path) => named.has(rootOf(path)));
}
