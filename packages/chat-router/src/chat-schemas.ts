import type { Chat as DomainChat } from "@onechat/chat-domain";
import { maxListLimit } from "@onechat/chat-domain";
import { z } from "zod";

// Which texts are ids, and how many, is the domain's to say; here only the types are checked, and the bounds described.
const idBounds = { minLength: 1, maxLength: 256 };
const Participants = z.array(z.string().meta(idBounds)).meta({
  description:
    "Ids of the people; order and repetition do not matter, and the caller is one of them without being named",
  minItems: 1,
  maxItems: 1_000,
  examples: [["bob"]],
});
const Scope = z
  .string()
  .optional()
  .meta({
    description: "Part of the identity: same people, other scope, other chat",
    maxLength: idBounds.maxLength,
    examples: ["order-1"],
  });

const exampleChat = {
  id: "65f0c0ffee0123456789abcd",
  participants: ["alice", "bob"],
  scope: "",
  createdAt: "2026-01-31T12:00:00.000Z",
};

/** A chat as callers see it; in OpenAPI documents a component of this name. */
export type Chat = z.infer<typeof Chat>;
export const Chat = z
  .strictObject({
    id: z.string(),
    participants: z
      .array(z.string())
      .meta({ description: "Sorted, without repeats", minItems: 0, maxItems: 10_000 }),
    scope: z.string().meta({ description: "Empty for a chat without one" }),
    createdAt: z.iso.datetime().nullable().meta({ description: "Null only where no document tells" }),
  })
  .meta({ id: "Chat", description: "The one chat of its people in its scope", examples: [exampleChat] });

/** Whose chat: what create-or-get and find take. */
export const ChatIdentityInput = z
  .strictObject({ participants: Participants, scope: Scope })
  .meta({ examples: [{ participants: ["bob"] }, { participants: ["bob"], scope: "order-1" }] });
export const CreateOrGetOutput = z
  .strictObject({
    chat: Chat,
    created: z.boolean().describe("True for exactly one caller"),
  })
  .meta({ examples: [{ chat: exampleChat, created: true }] });

export const FindOutput = Chat.nullable();

export const GetInput = z.strictObject({
  id: z.string().meta({ description: "The chat's id, or that of a duplicate that was merged into it" }),
});

export const ListInput = z.strictObject({
  scope: z.string().optional().describe("Only chats of this scope; empty for those without one"),
  after: z.string().min(1).optional().describe("`next` of the page before"),
  limit: z.number().int().min(1).max(maxListLimit).default(50).describe("Chats in one page"),
  participant: z.string().optional().describe("Whose chats; only for callers that act for others"),
});
export const ListOutput = z
  .strictObject({
    chats: z.array(Chat).meta({ description: "Newest first", minItems: 0, maxItems: maxListLimit }),
    next: z.string().nullable().describe("Pass as `after`; null at the end"),
  })
  .meta({ examples: [{ chats: [exampleChat], next: null }] });

/** A chat of the domain as callers see it. */
export function chatAnswer({ id, participants, scope, createdAt }: DomainChat): Chat {
  return { id, participants: [...participants], scope, createdAt: createdAt?.toISOString() ?? null };
}
