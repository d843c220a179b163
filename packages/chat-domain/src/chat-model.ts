import { z } from "zod";

const fieldPath = /^[^$.\0][^.\0]*(\.[^$.\0][^.\0]*)*$/;

/** Whether a name is a path of fields, such as `users` or `members.userId`, and no operator. */
export function isFieldPath(name: string): boolean {
  return fieldPath.test(name);
}

const FieldPath = z
  .string()
  .refine(isFieldPath, "a field path such as users or members.userId")
  .refine((path) => !ownFields.has(path.split(".")[0] ?? ""), "a field of onechat's own");

const ownFields: ReadonlySet<string> = new Set([
  "_id",
  "participantsKey",
  "mergedInto",
  "mergedAt",
  "aliases",
]);

/** How ids are stored: `string` as their canonical text, `objectId` as BSON ObjectIds. */
export type NativeIdType = z.infer<typeof NativeIdType>;
export const NativeIdType = z.enum(["string", "objectId"]);

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
export const ChatModel = z.strictObject({ chats: ChatCollectionModel.prefault({}) }).readonly();

/** What a caller writes to describe a {@link ChatModel}; everything may be left out. */
export type ChatModelInput = z.input<typeof ChatModel>;
