import { z } from "zod";
import { NativeIdType } from "../identity/native-id.ts";
import { areApart, arrayPath, FieldPath, isFieldPath, MemberPath, overlaps } from "./field-path.ts";
import { Filter } from "./filter.ts";
import { FoldModel, ReferenceModel } from "./merge-model.ts";
import { ownFieldNames } from "./own-names.ts";
import { foldOfReferenceFlaw, referencesInFolds } from "./references-in-folds.ts";

/** People in scalar fields: as many as there are fields, or one who is in all of them. */
const PeopleFields = z
  .array(
    z
      .string()
      .refine(
        isFieldPath,
        "a field path such as senderId: of DBRefs in fields of their own, the ids have to be written into an array of people first",
      ),
  )
  .min(2, "two fields or more, one person each")
  .refine((fields) => areApart(fields), "fields that have nothing to do with each other")
  .readonly();

/** `where`: those that it selects come first. `min`, `max`: the smallest or greatest value does; absence and null last. */
export type SurvivorCriterion = z.infer<typeof SurvivorCriterion>;
export const SurvivorCriterion = z.union([
  z.strictObject({ where: Filter }).readonly(),
  z.strictObject({ min: FieldPath }).readonly(),
  z.strictObject({ max: FieldPath }).readonly(),
]);

type ChatCollectionModel = z.infer<typeof ChatCollectionModel>;
const ChatCollectionModel = z
  .strictObject({
    /** The collection that holds the chats. */
    collection: z.string().min(1).default("chats"),
    /**
     * An array of ids (`users`), the id inside the sub-documents of an array (`members.userId`, `members.user.$id`), or a
     * list of fields that hold one person each (`["senderId", "receiverId"]`).
     */
    participants: z.union([MemberPath, PeopleFields]).default("participants"),
    /** How the ids of participants are written into new chats; stored ones are read in every form. */
    participantType: NativeIdType.default("string"),
    /** How `_id` of new chats is made; stored ones are read in every form. */
    idType: NativeIdType.default("objectId"),
    /**
     * Which chats are unique by their participants, as a filter. Its equalities are set on new chats, but for those of the
     * people and the scope; what else it demands, the call has to fulfil, or no new chat is made.
     */
    where: Filter.default({}),
    /**
     * Fields of one person each, in the order of the people's fields (`[["readBySeller", "readByBuyer"]]`): what a duplicate
     * in which the same people stand in another order has there, belongs into the other field of its survivor.
     */
    perParticipant: z.array(z.array(FieldPath).readonly()).readonly().default([]),
    /**
     * The field that holds the scope; `null` where the application has none. May be one of the people's fields, where
     * everybody has a chat document of their own.
     */
    scope: FieldPath.nullable().default("scope"),
    /** How the scope is written into new chats, unless it is one of the people; stored ones are read in every form. */
    scopeType: NativeIdType.default("string"),
    /** The field of the key; another name where the application has a field of this name for itself. */
    keyField: FieldPath.refine((path) => !path.includes("."), "a field at the top level").default(
      "participantsKey",
    ),
    /**
     * Which of several chats of the same people survives: the first criterion that tells them apart decides, and the
     * smallest `_id` where none does. Who holds the key already stays.
     */
    survivor: z.array(SurvivorCriterion).readonly().default([]),
    /**
     * What becomes of a chat that holds a key but is not of its people any more, or that `where` no longer selects:
     * `refuse` answers `INTEGRITY`, `release` takes the key off it.
     */
    drift: z.enum(["refuse", "release"]).default("refuse"),
  })
  .refine(({ participants, scope }) => scope === null || isBeside(participants, scope), {
    path: ["scope"],
    message: "not the field of the participants",
  })
  .readonly();

/** A scope has a field of its own, or is one of the people in fields. */
function isBeside(participants: string | readonly string[], scope: string): boolean {
  if (typeof participants !== "string" && participants.includes(scope)) return true;
  return !peoplesPlaces(participants).some((place) => overlaps(place, scope));
}

/** What nothing else may overlap: the people's array, or the field of each. */
function peoplesPlaces(participants: string | readonly string[]): readonly string[] {
  return typeof participants === "string" ? [arrayPath(participants).array] : participants;
}

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
    /** Fields of chats in which duplicates may differ without a word: as plan names them, even if no path could. */
    ignore: z.array(z.string()).readonly().default([]),
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
    refuseTargetFolds(model, check);
    refuseTwins(model, check);
    refuseFoldsOfReferences(model, check);
    refuseUnpaired(model, check);
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
    ...[chats.participants].flat().map((field) => [["chats", "participants"], field] as const),
    ...chats.perParticipant.flat().map((field) => [["chats", "perParticipant"], field] as const),
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
  const identity = [...peoplesPlaces(chats.participants), ...(chats.scope === null ? [] : [chats.scope])];
  for (const [field, strategy] of Object.entries(fold)) {
    if (isFoldOfMembers(chats.participants, field, strategy)) continue;
    if (identity.some((path) => overlaps(path, field)))
      check.addIssue({
        code: "custom",
        path: ["fold", field],
        message: `who is in a chat never changes in a merge; the fields of its members fold by {"union": {"by": their id's path, "fold"}}`,
      });
  }
}

/** One contributes to the other: so there is one for each person, and what becomes of one becomes of all. */
function refuseUnpaired({ chats, fold }: UncheckedModel, check: z.core.$RefinementCtx): void {
  const { participants, perParticipant, scope } = chats;
  const refuse = (index: number, message: string): void =>
    check.addIssue({ code: "custom", path: ["chats", "perParticipant", index], message });
  const people = typeof participants === "string" ? [] : participants;
  const identity = scope === null ? people : [...people, scope];
  perParticipant.forEach((fields, index) => {
    if (fields.length !== people.length)
      refuse(index, `as many fields as chats.participants names, which are ${people.length}`);
    if (
      !areApart(perParticipant.flat()) ||
      fields.some((field) => identity.some((one) => overlaps(one, field)))
    )
      refuse(index, "fields that have nothing to do with each other, nor with those of the people");
    if (
      new Set(fields.map((field, at) => JSON.stringify(pairedStrategy(fold[field], perParticipant, at))))
        .size > 1
    )
      refuse(index, `one strategy in "fold" for all of ${fields.join(", ")}`);
    const beside = Object.keys(fold).find(
      (path) => !fields.includes(path) && fields.some((field) => overlaps(field, path)),
    );
    if (beside !== undefined) refuse(index, `the same path as in "fold", which names ${beside}`);
  });
}

/** A time that is itself of one person each is the same for all of them. */
function pairedStrategy(
  strategy: FoldModel[string] | undefined,
  perParticipant: readonly (readonly string[])[],
  at: number,
): unknown {
  if (typeof strategy !== "object" || !("newestBy" in strategy)) return strategy;
  return perParticipant.find((fields) => fields[at] === strategy.newestBy) ?? strategy;
}

/** What refers to a survivor by a value of its field would refer to nobody once that is another. */
function refuseTargetFolds({ fold, references }: UncheckedModel, check: z.core.$RefinementCtx): void {
  for (const field of Object.keys(fold)) {
    const target = references.find(({ toField }) => toField !== "_id" && overlaps(toField, field));
    if (target === undefined) continue;
    check.addIssue({
      code: "custom",
      path: ["fold", field],
      message: `${target.collection}.${target.field} refers to chats by ${target.toField}, which never changes in a merge`,
    });
  }
}

/** The people's own documents, told apart by the path of their ids: what folds is beside that. */
function isFoldOfMembers(participants: unknown, field: string, strategy: FoldModel[string]): boolean {
  if (typeof strategy === "string" || !("union" in strategy)) return false;
  const { by, orderBy, newestBy } = strategy.union;
  return participants === `${field}.${by}` && orderBy === undefined && newestBy === undefined;
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

function refuseFoldsOfReferences(model: UncheckedModel, check: z.core.$RefinementCtx): void {
  for (const reference of referencesInFolds(model)) {
    const message = foldOfReferenceFlaw(model.fold, reference);
    const path = ["references", model.references.indexOf(reference), "field"];
    if (message !== null) check.addIssue({ code: "custom", path, message });
  }
}

/** What a caller writes to describe a {@link ChatModel}; everything may be left out. */
export type ChatModelInput = z.input<typeof ChatModel>;
