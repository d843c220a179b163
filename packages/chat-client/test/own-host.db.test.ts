import type { AddressInfo } from "node:net";
import { ensureIndexes } from "@onechat/chat-domain";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { createChatRouter, errorShape, maxBatchSize } from "@onechat/chat-router";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChatClient, createChatClient, isChatError } from "../src/index.ts";

describe("the typed client of an application that serves the chat router itself", () => {
  let chats: ChatConnection;
  let server: ReturnType<typeof createHTTPServer>;
  let url: string;
  beforeAll(async () => {
    chats = connect({ uri: testMongo().uri, database: databaseName("own-host"), deadlineMs: 60_000 });
    await ensureIndexes(chats);
    const t = initTRPC.context<{ readonly user: string | undefined }>().create({
      errorFormatter: ({ error, path }) => errorShape(error, { path }),
    });
    const chat = createChatRouter({
      procedure: t.procedure,
      chats,
      callerOf: async ({ user }) => {
        if (user === undefined) throw new TRPCError({ code: "UNAUTHORIZED", message: "who are you?" });
        return { id: user };
      },
    });
    server = createHTTPServer({
      router: t.router({ chat }),
      basePath: "/trpc/",
      allowMethodOverride: true,
      maxBatchSize,
      createContext: ({ req }) => ({
        user: /^Bearer user-(\w+)$/.exec(req.headers.authorization ?? "")?.[1],
      }),
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await chats.db.dropDatabase();
    await chats[Symbol.asyncDispose]();
  });

  const as = (user: string): ChatClient => createChatClient({ url, token: `user-${user}` });

  it.each([true, false])("makes one chat of calls from both sides (batch: %s)", async (batch) => {
    const [one, other] = [`ann-${batch}`, `ben-${batch}`].map((name) => name.replace("-", "_"));
    const ann = createChatClient({ url, token: `user-${one}`, batch, timeoutMs: 60_000 });
    const ben = createChatClient({ url, token: `user-${other}`, batch, timeoutMs: 60_000 });
    const calls = Array.from({ length: 45 }, (_, call) =>
      call % 2 === 0
        ? ann.chat.createOrGet.mutate({ participants: [other ?? ""] })
        : ben.chat.createOrGet.mutate({ participants: [one ?? ""] }),
    );
    const answers = await Promise.all(calls);
    expect(new Set(answers.map(({ chat }) => chat.id)).size).toBe(1);
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
  });

  it("finds in a refusal the reason of the domain, or none where the host has refused", async () => {
    const refusal = (call: Promise<unknown>): Promise<unknown> => call.catch((error: unknown) => error);
    const missing = await refusal(as("ann").chat.get.query({ id: "nothing" }));
    expect(isChatError(missing, "CHAT_NOT_FOUND")).toBe(true);
    const people = Array.from({ length: 101 }, (_, person) => `person-${person}`.padEnd(60, "x"));
    const many = await refusal(as("ann").chat.find.query({ participants: people }));
    expect(isChatError(many, "INVALID_PARTICIPANTS")).toBe(true);
    const stranger = await refusal(createChatClient({ url, token: "nobody" }).chat.list.query({}));
    expect(isChatError(stranger) && stranger.data).toMatchObject({ httpStatus: 401, reason: null });
  });
});
