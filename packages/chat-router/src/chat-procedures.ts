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

const always = {
  401: "No token, or none that is valid",
  429: "Too many calls; `Retry-After` says when to come back",
  500: "An error that nobody foresaw, or a stored chat that is damaged (INTEGRITY)",
  503: "The database cannot be asked, or cannot keep the guarantee; `Retry-After` says when to come back",
};
const byUrl = { ...always, 400: "The parameters are wrong" };
const byBody = {
  ...always,
  400: "The people cannot be those of a chat (INVALID_PARTICIPANTS), or the body is wrong",
  413: "The body is too large",
  415: "The body is not JSON",
};
const described = { protect: true, tags: ["chats"] };

/** How the procedures look over REST, for hosts that serve it with trpc-to-openapi. */
const overRest = {
  createOrGet: {
    openapi: {
      method: "POST",
      path: "/chats/create-or-get",
      summary: "Create or get the chat of these people",
      description: "The one chat of these people in this scope; the first caller creates it. Safe to repeat.",
      successDescription: "The chat, and whether this call has created it",
      errorResponses: byBody,
      ...described,
    },
  },
  find: {
    openapi: {
      method: "POST",
      path: "/chats/find",
      summary: "Look for the chat of these people",
      description:
        "The one chat of these people in this scope, or null where there is none. Creates nothing.",
      successDescription: "The chat, or null",
      errorResponses: byBody,
      ...described,
    },
  },
  get: {
    openapi: {
      method: "GET",
      path: "/chats/{id}",
      summary: "Get a chat by its id",
      description: "A chat of the caller; the id of a merged duplicate leads to the survivor.",
      successDescription: "The chat",
      errorResponses: {
        ...byUrl,
        414: "The id is too long to be one",
        404: "The caller is in no chat with this id (CHAT_NOT_FOUND)",
      },
      ...described,
    },
  },
  list: {
    openapi: {
      method: "GET",
      path: "/chats",
      summary: "List the caller's chats",
      description: "The caller's chats, newest first, in pages.",
      successDescription: "A page of chats",
      errorResponses: {
        ...byUrl,
        403: "The chats of others, for a caller that does not act for them (FORBIDDEN)",
      },
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
      .mutation(({ ctx: { caller, chats }, input }) => {
        const { scope } = input;
        const set = { createdBy: caller.id };
        return amongParticipants(
          caller,
          input.participants,
          (participants) => createOrGetChat(chats, { participants, scope, set }),
          ({ chat, created }) => ({ chat: chatAnswer(chat), created }),
        );
      }),

    find: procedure
      .meta(overRest.find)
      .input(ChatIdentityInput)
      .output(FindOutput)
      .query(({ ctx: { caller, chats }, input }) => {
        const { scope } = input;
        return amongParticipants(
          caller,
          input.participants,
          (participants) => findChat(chats, { participants, scope }),
          (chat) => (chat === null ? null : chatAnswer(chat)),
        );
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
