import { z } from "zod";
import { NativeIdType } from "../identity/native-id.ts";
import { FieldPath } from "./field-path.ts";
import { FoldModel, ReferenceModel } from "./merge-model.ts";

type ChatCollectionModel = z.infer<typeof ChatCollectionModel>;
const ChatCollectionModel = z
  .strictObject({
    /** The collection that holds the chats. */
    collection: z.string().min(1).default("chats"),
    /** An array of ids (`users`), or the id inside the sub-documents of an array (`members.userId`). */
    participants: FieldPath.default("participants"),
    /** How the ids of participants are written into new chats; stored ones are read in either form. */
    participantType: NativeIdType.default("string"),
    /** How `_id` of new chats is made; stored ones are read in either form. */
    idType: NativeIdType.default("objectId"),
    /**
     * Which chats are unique by their participants, as a filter. Its equalities are set on new chats; what else it
     * demands, the caller's `set` has to fulfil.
     */
    where: z.record(z.string(), z.unknown()).default({}),
    /** The field that holds the scope; `null` where the application has none. */
    scope: FieldPath.nullable().default("scope"),
    /** How the scope is written into new chats; stored ones are read in either form. */
    scopeType: NativeIdType.default("string"),
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
    /** What points at chats by their id, and follows when a duplicate is merged. */
    references: z.array(ReferenceModel).readonly().default([]),
    /** What a merge makes of the chat's own fields; a field that is not named stays the survivor's. */
    fold: FoldModel.default({}),
  })
  .superRefine(refuseUnfitFold)
  .readonly();

function refuseUnfitFold(
  {
    chats,
    fold,
    references,
  }: { chats: ChatCollectionModel; fold: FoldModel; references: readonly ReferenceModel[] },
  check: z.core.$RefinementCtx,
): void {
  const identity = [chats.participants, chats.scope].filter((path) => path !== null);
  for (const field of Object.keys(fold)) {
    if (identity.some((path) => path.split(".")[0] === field.split(".")[0]))
      check.addIssue({
        code: "custom",
        path: ["fold", field],
        message: "who is in a chat never changes in a merge",
      });
  }
  references.forEach(({ collection, field }, index) => {
    const twin = references.findIndex((other) => other.collection === collection && other.field === field);
    if (twin < index)
      check.addIssue({
        code: "custom",
        path: ["references", index],
        message: `${collection}.${field} is named twice`,
      });
  });
}

/** What a caller writes to describe a {@link ChatModel}; everything may be left out. */
export type ChatModelInput = z.input<typeof ChatModel>;
