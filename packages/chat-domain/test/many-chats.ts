import type { Collection } from "mongodb";
import { type ChatContext, createOrGetChat, type CreateOrGetChatInput } from "../src/index.ts";

/** So many pairs of people who have bob in common. */
export function pairs(count: number, name = "user"): readonly CreateOrGetChatInput[] {
  return Array.from({ length: count }, (_, index) => ({ participants: [`${name}-${index}`, "bob"] }));
}

/** Asks for all of them at the same moment. */
export function all(ctx: ChatContext, inputs: readonly CreateOrGetChatInput[]) {
  return Promise.all(inputs.map((input) => createOrGetChat(ctx, input)));
}

/** The collection for whatever an application may do to it. */
export function plain(chats: ChatContext["chats"]): Collection {
  return chats as unknown as Collection;
}
