import { createOrGetChat, findChat, getChat, listChats } from "@onechat/chat-domain";
import type { ChatProcedure } from "./chat-call.ts";
import { listedParticipant, participantsFor, visibleTo } from "./chat-access.ts";
import {
  Chat,
  chatAnswer,
  ChatIdentityInput,
  CreateOrGetOutput,
  FindOutput,
  GetInput,
  ListInput,
  ListOutput,
} from "./chat-schemas.ts";

const errorResponses = [400, 401, 403, 404, 413, 429, 500, 503];

/** The chat procedures as a router has them, and as its clients are typed by. */
export type ChatRouter = ReturnType<typeof chatProcedures>;

export const chatProcedures = (procedure: ChatProcedure) => ({
  createOrGet: procedure
    .meta({
      openapi: {
        method: "POST",
        path: "/chats/create-or-get",
        summary: "The one chat of these people; the first caller creates it. Safe to repeat.",
        protect: true,
        errorResponses,
      },
    })
    .input(ChatIdentityInput)
    .output(CreateOrGetOutput)
    .mutation(async ({ ctx, input }) => {
      const participants = participantsFor(ctx.caller, input.participants);
      const set = { createdBy: ctx.caller.id };
      const { chat, created } = await createOrGetChat(ctx.chats, { participants, scope: input.scope, set });
      return { chat: chatAnswer(chat), created };
    }),

  find: procedure
    .input(ChatIdentityInput)
    .output(FindOutput)
    .query(async ({ ctx, input }) => {
      const participants = participantsFor(ctx.caller, input.participants);
      const chat = await findChat(ctx.chats, { participants, scope: input.scope });
      return chat === null ? null : chatAnswer(chat);
    }),

  get: procedure
    .meta({
      openapi: {
        method: "GET",
        path: "/chats/{id}",
        summary: "A chat of the caller; the id of a merged duplicate leads to the survivor.",
        protect: true,
        errorResponses,
      },
    })
    .input(GetInput)
    .output(Chat)
    .query(async ({ ctx, input }) => chatAnswer(visibleTo(ctx.caller, await getChat(ctx.chats, input.id)))),

  list: procedure
    .meta({
      openapi: {
        method: "GET",
        path: "/chats",
        summary: "The caller's chats, newest first.",
        protect: true,
        errorResponses,
      },
    })
    .input(ListInput)
    .output(ListOutput)
    .query(async ({ ctx, input }) => {
      const participant = listedParticipant(ctx.caller, input.participant);
      const { chats, next } = await listChats(ctx.chats, { ...input, participant });
      return { chats: chats.map(chatAnswer), next };
    }),
});
