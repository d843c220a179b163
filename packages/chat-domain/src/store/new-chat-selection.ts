import type { Collection, Document } from "mongodb";
import { ChatError } from "../errors/chat-error.ts";
import type { ChatModel } from "../model/chat-model.ts";
import { type ChatRequest, documentOf, plainEquality } from "../model/new-chat.ts";
import { identityRoots, participantPaths } from "../model/participants-place.ts";
import { rootOf, type StoredDocument } from "../model/stored-document.ts";

/** Whether `where` selects the chats that are to be made. One that it does not would hold a key and be handed out to nobody. */
export interface NewChatSelection {
  /** The keys of those that it does not select. */
  unselected(requests: readonly ChatRequest[]): Promise<ReadonlySet<string>>;
}

export function newChatSelection(
  chats: Collection<StoredDocument>,
  model: ChatModel,
  maxTimeMS: number,
): NewChatSelection {
  if (isFulfilled(model.chats.where)) return { unselected: () => Promise.resolve(new Set()) };
  const named = namedFields(model.chats.where);
  const ask = (requests: readonly ChatRequest[]): Promise<ReadonlySet<string>> =>
    unselectedAmong(chats, { model, requests, maxTimeMS });
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

/** Which of these new chats `where` does not select, by key; judged by the server, without a document being written. */
export async function unselectedAmong(
  chats: Collection<StoredDocument>,
  asked: { readonly model: ChatModel; readonly requests: readonly ChatRequest[]; readonly maxTimeMS: number },
): Promise<ReadonlySet<string>> {
  const { model, requests, maxTimeMS } = asked;
  const { keyField, where } = model.chats;
  // Their _id is not made yet: what makes it may count.
  const documents = requests.map((request) => documentOf(model, null, request));
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
  const people = participantPaths(model).map(rootOf);
  return people.some((field) => named?.has(field) === true)
    ? new ChatError(
        "INVALID_PARTICIPANTS",
        'a new chat of these people, with what is given in set, would not be one that "where" selects',
      )
    : new TypeError('a new chat would not be one that "where" selects: give it in set what that demands');
}

/** Plain equalities are written into every new chat. */
function isFulfilled(where: Readonly<Document>): boolean {
  return Object.entries(where).every(([field, condition]) => {
    if (field === "$and" && Array.isArray(condition)) return condition.every(isFulfilled);
    return !field.startsWith("$") && plainEquality(condition) !== null;
  });
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
