import type { Chat as DomainChat } from "@onechat/chat-domain";
import { maxListLimit } from "@onechat/chat-domain";
import { z } from "zod";

// Which texts are ids is the domain's to say; here only the types are checked.
const Participants = z.array(z.string()).describe("Ids of the people; order and repetition do not matter");
const Scope = z.string().optional().describe("Part of the identity: same people, other scope, other chat");

export type Chat = z.infer<typeof Chat>;
export const Chat = z.strictObject({
  id: z.string(),
  participants: z.array(z.string()),
  scope: z.string(),
  createdAt: z.iso.datetime().nullable(),
});

/** Whose chat: what create-or-get and find take. */
export const ChatIdentityInput = z.strictObject({ participants: Participants, scope: Scope });
export const CreateOrGetOutput = z.strictObject({
  chat: Chat,
  created: z.boolean().describe("True for exactly one caller"),
});

export const FindOutput = Chat.nullable();

export const GetInput = z.strictObject({ id: z.string() });

export const ListInput = z.strictObject({
  scope: z.string().optional().describe("Only chats of this scope; empty for those without one"),
  after: z.string().min(1).optional().describe("`next` of the page before"),
  limit: z.number().int().min(1).max(maxListLimit).default(50),
  participant: z.string().optional().describe("Whose chats; only for tokens with scope chat:any"),
});
export const ListOutput = z.strictObject({
  chats: z.array(Chat),
  next: z.string().nullable().describe("Pass as `after`; null at the end"),
});

/** A chat of the domain as callers see it. */
export function chatAnswer({ id, participants, scope, createdAt }: DomainChat): Chat {
  return { id, participants: [...participants], scope, createdAt: createdAt?.toISOString() ?? null };
}
