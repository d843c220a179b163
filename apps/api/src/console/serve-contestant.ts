import { type ChatContext, ChatError, participantId } from "@onechat/chat-domain";
import { TRPCError } from "@trpc/server";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Authenticate } from "../auth/authentication.ts";
import { naiveChats } from "./naive-chats.ts";
import { newestChats } from "./newest-chats.ts";

const TwoPeople = z.strictObject({ participants: z.tuple([z.string(), z.string()]) });

export interface ContestantOptions {
  readonly chats: ChatContext;
  readonly authenticate: Authenticate;
}

/** What races beside onechat, and the chats that both have made. For development only, as its tokens are. */
export function serveContestant(server: FastifyInstance, { chats, authenticate }: ContestantOptions): void {
  const naive = naiveChats(chats);

  server.post("/console/naive-chats", async (request) => {
    await authenticate(request.headers.authorization);
    const input = TwoPeople.safeParse(request.body);
    if (!input.success) throw new TRPCError({ code: "BAD_REQUEST", cause: input.error });
    const participants = input.data.participants.map(participantId).toSorted();
    return answered(() => naive.findThenInsert(participants));
  });

  // Asked every second.
  server.get("/console/newest-chats", { logLevel: "silent" }, async (request) => {
    const { administers } = await authenticate(request.headers.authorization);
    if (!administers) throw new ChatError("FORBIDDEN", "this takes a token with scope chat:admin");
    return answered(() => newestChats(chats, naive));
  });
}

/** The driver's own errors say less than this to whoever looks at a page. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new ChatError("UNAVAILABLE", "the database does not answer", { cause });
  }
}
