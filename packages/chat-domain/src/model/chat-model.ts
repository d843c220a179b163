import { z } from "zod";
import { NativeIdType } from "../identity/native-id.ts";
import { FieldPath, MemberPath } from "./field-path.ts";
import { FoldModel, ReferenceModel } from "./merge-model.ts";
import { ownFieldNames } from "./own-names.ts";

type ChatCollectionModel = z.infer<typeof ChatCollectionModel>;
const ChatCollectionModel = z
  .strictObject({
    /** The collection that holds the chats. */
    collection: z.string().min(1).default("chats"),
    /** An array of ids (`users`), or the id inside the sub-documents of an array (`members.userId`, `members.user.$id`). */
    participants: MemberPath.default("participants"),
    /** How the ids of participants are written into new chats; stored ones are read in every form. */
    participantType: NativeIdType.default("string"),
    /** How `_id` of new chats is made; stored ones are read in every form. */
    idType: NativeIdType.default("objectId"),
    /**
     * Which chats are unique by their participants, as a filter. Its equalities are set on new chats; what else it
     * demands, the caller's `set` has to fulfil.
     */
    where: z.record(z.string(), z.unknown()).default({}),
    /** The field that holds the scope; `null` where the application has none. */
    scope: FieldPath.nullable().default("scope"),
    /** How the scope is written into new chats; stored ones are read in every form. */
    scopeType: NativeIdType.default("string"),
    /** The field of the key; another name where the application has a field of this name for itself. */
    keyField: FieldPath.refine((path) => !path.includes("."), "a field at the top level").default(
      "participantsKey",
    ),
    /**
     * What becomes of a chat that holds a key but is not of its people any more, or that `where` no longer selects:
     * `refuse` answers `INTEGRITY`, `release` takes the key off it.
     */
    drift: z.enum(["refuse", "release"]).default("refuse"),
  })
  .refine(({ participants, scope }) => participants.split(".")[0] !== scope?.split(".")[0], {
    path: ["scope"],
    message: "not the field of the participants",
  })
  .readonly();

/**
 * Where an application keeps what onechat needs: every field has a default, which together describe onechat's own
 * documents. Parse once, pass the result on: `ChatModel.parse({ chats: { participants: "users" } })`.
 */
export type ChatModel = z.infer<typeof ChatModel>;
export const ChatModel = z
  .strictObject({
    chats: ChatCollectionModel.prefault({}),
    /** What points at chats, and follows when a duplicate is merged. */
    references: z.array(ReferenceModel).readonly().default([]),
    /** What a merge makes of the chat's own fields; a field that is not named stays the survivor's. */
    fold: FoldModel.default({}),
    /** Fields of chats in which duplicates may differ without a word. */
    ignore: z.array(FieldPath).readonly().default([]),
    /**
     * Before the names of onechat's own collections, and of its fields in chats but the key: for a database with two
     * collections of chats, or an application with such names of its own.
     */
    recordsPrefix: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_-]*$|^$/, "letters, digits, _ and -")
      .default(""),
  })
  .superRefine((model, check) => {
    refuseOwnNames(model, check);
    refuseIdentityFolds(model, check);
    refuseTwins(model, check);
  })
  .readonly();

interface UncheckedModel {
  readonly chats: ChatCollectionModel;
  readonly references: readonly ReferenceModel[];
  readonly fold: FoldModel;
  readonly ignore: readonly string[];
  readonly recordsPrefix: string;
}

/** What onechat writes into chats cannot be a field of the application's. */
function refuseOwnNames(
  { chats, fold, references, recordsPrefix }: UncheckedModel,
  check: z.core.$RefinementCtx,
): void {
  const own = new Set(["_id", ...ownFieldNames.map((name) => `${recordsPrefix}${name}`)]);
  const refuse = (path: readonly (string | number)[], message: string): void =>
    check.addIssue({ code: "custom", path: [...path], message });
  const inChats: readonly (readonly [readonly (string | number)[], string])[] = [
    [["chats", "participants"], chats.participants],
    ...(chats.scope === null ? [] : [[["chats", "scope"], chats.scope] as const]),
    ...Object.keys(fold).map((field) => [["fold", field], field] as const),
    ...references.flatMap(({ collection, field }, index) =>
      collection === chats.collection ? [[["references", index, "field"], field] as const] : [],
    ),
  ];
  for (const [path, field] of inChats) {
    const root = field.split(".")[0] ?? "";
    if (own.has(root)) refuse(path, "a field of onechat's own");
    if (root === chats.keyField) refuse(path, `the field of the key (chats.keyField is "${root}")`);
  }
  if (own.has(chats.keyField)) refuse(["chats", "keyField"], "a field of onechat's own");
  if (Object.keys(chats.where).some((field) => field.split(".")[0] === chats.keyField))
    refuse(["chats", "keyField"], "a field of the application's: chats.where asks for it");
}

function refuseIdentityFolds({ chats, fold }: UncheckedModel, check: z.core.$RefinementCtx): void {
  const identity = [chats.participants, chats.scope].filter((path) => path !== null);
  for (const field of Object.keys(fold)) {
    if (identity.some((path) => path.split(".")[0] === field.split(".")[0]))
      check.addIssue({
        code: "custom",
        path: ["fold", field],
        message: "who is in a chat never changes in a merge",
      });
  }
}

/** One field may refer to several kinds of things: then `where` or `prefix` tells them apart. */
function refuseTwins({ references }: UncheckedModel, check: z.core.$RefinementCtx): void {
  const kinds = references.map(({ collection, field, prefix, where }) =>
    JSON.stringify([collection, field, prefix, where]),
  );
  references.forEach(({ collection, field }, index) => {
    if (kinds.indexOf(kinds[index] ?? "") < index)
      check.addIssue({
        code: "custom",
        path: ["references", index],
        message: `${collection}.${field} is named twice`,
      });
  });
}

/** What a caller writes to describe a {@link ChatModel}; everything may be left out. */
export type ChatModelInput = z.input<typeof ChatModel>;
