import { createOrGetChat, findChat, getChat, listChats } from "@onechat/chat-domain";
import type { OpenApiMeta } from "trpc-to-openapi";
import { amongParticipants, listedParticipant, visibleTo } from "./chat-access.ts";
import type { ChatProcedure } from "./chat-call.ts";
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

const described = { protect: true, errorResponses: [400, 401, 403, 404, 413, 429, 500, 503] };

/** How the procedures look over REST, for hosts that serve it with trpc-to-openapi. */
const overRest = {
  createOrGet: {
    openapi: {
      method: "POST",
      path: "/chats/create-or-get",
      summary: "The one chat of these people; the first caller creates it. Safe to repeat.",
      ...described,
    },
  },
  get: {
    openapi: {
      method: "GET",
      path: "/chats/{id}",
      summary: "A chat of the caller; the id of a merged duplicate leads to the survivor.",
      ...described,
    },
  },
  list: {
    openapi: {
      method: "GET",
      path: "/chats",
      summary: "The caller's chats, newest first.",
      ...described,
    },
  },
} satisfies Record<string, OpenApiMeta>;

/** The chat procedures as a router has them, and as its clients are typed by. */
export type ChatRouter = ReturnType<typeof chatProcedures>;

// What it returns is not annotated: the compiler spells it out in the declarations, which travel with the client's types.
export function chatProcedures(procedure: ChatProcedure) {
  return {
    createOrGet: procedure
      .meta(overRest.createOrGet)
      .input(ChatIdentityInput)
      .output(CreateOrGetOutput)
      .mutation(async ({ ctx: { caller, chats }, input }) => {
        const { scope } = input;
        const set = { createdBy: caller.id };
        const { chat, created } = await amongParticipants(caller, input.participants, (participants) =>
          createOrGetChat(chats, { participants, scope, set }),
        );
        return { chat: chatAnswer(chat), created };
      }),

    find: procedure
      .input(ChatIdentityInput)
      .output(FindOutput)
      .query(async ({ ctx: { caller, chats }, input }) => {
        const { scope } = input;
        const chat = await amongParticipants(caller, input.participants, (participants) =>
          findChat(chats, { participants, scope }),
        );
        return chat === null ? null : chatAnswer(chat);
      }),

    get: procedure
      .meta(overRest.get)
      .input(GetInput)
      .output(Chat)
      .query(async ({ ctx: { caller, chats }, input }) =>
        chatAnswer(visibleTo(caller, await getChat(chats, input.id))),
      ),

    list: procedure
      .meta(overRest.list)
      .input(ListInput)
      .output(ListOutput)
      .query(async ({ ctx, input }) => {
        const participant = listedParticipant(ctx.caller, input.participant);
        const { chats, next } = await listChats(ctx.chats, { ...input, participant });
        return { chats: chats.map(chatAnswer), next };
      }),
  };
}
