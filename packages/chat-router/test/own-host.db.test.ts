import { ensureIndexes } from "@onechat/chat-domain";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { adapters, type Shop, type ShopRouter, shopRouter } from "./own-host.ts";

/** How a call fails, as the host's own client tells it. */
async function failure(call: Promise<unknown>): Promise<TRPCClientError<ShopRouter>> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof TRPCClientError) return error;
  throw new Error("the call did not fail", { cause: error });
}

let chats: ChatConnection;
beforeAll(async () => {
  chats = connect({ uri: testMongo().uri, database: databaseName("shop"), deadlineMs: 60_000 });
  await ensureIndexes(chats);
});
afterAll(async () => {
  await chats.db.dropDatabase();
  await chats[Symbol.asyncDispose]();
});

describe.each(Object.entries(adapters))(
  "a host of its own that is served by tRPC's %s adapter",
  (name, serve) => {
    const traces: string[] = [];
    const asked: string[] = [];
    let shop: Shop;
    beforeAll(async () => {
      shop = await serve(shopRouter({ chats, traces, onCallerAsked: (login) => void asked.push(login) }));
    });
    beforeEach(() => {
      traces.length = 0;
      asked.length = 0;
    });
    afterAll(() => shop[Symbol.asyncDispose]());

    it("has one chat for two people who ask for it 100 times at once, and one of the answers has created it", async () => {
      const [ann, ben] = [`ann-${name}`, `ben-${name}`];
      const calls = Array.from({ length: 50 }, () => [
        shop.as(ann).chat.createOrGet.mutate({ participants: [ben] }),
        shop.as(ben).chat.createOrGet.mutate({ participants: [ann, ben, ann] }),
      ]);
      const answers = await Promise.all(calls.flat());
      expect(new Set(answers.map(({ chat }) => chat.id)).size).toBe(1);
      expect(answers.filter(({ created }) => created)).toHaveLength(1);
      expect(answers[0]?.chat).toMatchObject({ participants: [ann, ben], scope: "" });
      expect(await chats.chats.countDocuments({ participants: { $all: [ann, ben] } })).toBe(1);
    });

    it("asks who is calling once for each call, after its own middleware, which sees how the call ended", async () => {
      const ann = shop.as("ann");
      await Promise.all([
        ann.chat.createOrGet.mutate({ participants: ["ben"] }),
        ann.chat.list.query({}),
        ann.product.query({ sku: "1" }),
        failure(ann.chat.get.query({ id: "nothing" })),
      ]);
      expect(asked).toEqual(["ann", "ann", "ann"]);
      expect(new Set(traces)).toEqual(
        new Set(["chat.createOrGet ann OK", "chat.get ann NOT_FOUND", "chat.list ann OK", "product ann OK"]),
      );
    });

    it("shows a chat to its people and to whoever acts for others, and to nobody else", async () => {
      const of = { participants: ["ann", "ben"], scope: "order-1" };
      const { chat } = await shop.as("ann").chat.createOrGet.mutate(of);
      for (const reader of ["ann", "ben", "support"]) {
        expect(await shop.as(reader).chat.get.query({ id: chat.id })).toEqual(chat);
        expect(await shop.as(reader).chat.find.query(of)).toEqual(chat);
      }
      const eve = shop.as("eve").chat;
      expect(await eve.find.query(of)).toBeNull();
      for (const id of [chat.id, "nothing"])
        expect((await failure(eve.get.query({ id }))).data).toMatchObject({
          httpStatus: 404,
          reason: "CHAT_NOT_FOUND",
        });
    });

    it("lists the chats of others for whoever acts for others only", async () => {
      const { chat } = await shop
        .as("ann")
        .chat.createOrGet.mutate({ participants: ["ben"], scope: "order-2" });
      const ofAnn = { participant: "ann", scope: "order-2" };
      for (const reader of ["ann", "support"])
        expect((await shop.as(reader).chat.list.query(ofAnn)).chats).toEqual([chat]);
      expect((await failure(shop.as("ben").chat.list.query(ofAnn))).data).toMatchObject({
        httpStatus: 403,
        reason: "FORBIDDEN",
      });
    });

    it.each([
      { login: "", code: "UNAUTHORIZED", httpStatus: 401, message: "please sign in", reason: null },
      { login: "banned", code: "FORBIDDEN", httpStatus: 403, message: "you are banned", reason: null },
      {
        login: "unpaid",
        code: "PAYMENT_REQUIRED",
        httpStatus: 402,
        message: "PAYMENT_REQUIRED",
        reason: null,
      },
      { login: "bad-id", code: "UNAUTHORIZED", httpStatus: 401, message: "an id is empty", reason: null },
      {
        login: "store-down",
        code: "SERVICE_UNAVAILABLE",
        httpStatus: 503,
        message: "the sessions cannot be had",
        reason: "UNAVAILABLE",
      },
      {
        login: "crash",
        code: "INTERNAL_SERVER_ERROR",
        httpStatus: 500,
        message: "internal error",
        reason: null,
      },
      // No participant: the host's mistake.
      {
        login: "x".repeat(257),
        code: "INTERNAL_SERVER_ERROR",
        httpStatus: 500,
        message: "internal error",
        reason: null,
      },
    ])(
      "answers a caller $login with $httpStatus, whatever was asked",
      async ({ login, message, ...data }) => {
        const { chat } = shop.as(login);
        const calls = [
          () => chat.createOrGet.mutate({ participants: ["ben"] }),
          () => chat.find.query({ participants: [""] }),
          () => chat.get.query({ id: 1 as unknown as string }),
          () => chat.list.query({ limit: -1 }),
        ];
        for (const call of calls) {
          const error = await failure(call());
          expect(error.message).toBe(message);
          expect(error.data).toMatchObject({ ...data, requestId: "t-1", issues: [] });
        }
      },
    );

    it("says what is wrong with the people in the domain's words, and bounds their list before looking at it", async () => {
      const { chat } = shop.as("ann");
      const invalid = await failure(chat.createOrGet.mutate({ participants: ["ben", " x"] }));
      expect(invalid.data).toMatchObject({ httpStatus: 400, reason: "INVALID_PARTICIPANTS", position: 1 });
      const wrong = await failure(
        chat.find.query({ participants: Array<string>(1_001).fill(1 as unknown as string) }),
      );
      expect(wrong.message).toBe("participants has more than 1000 entries");
      expect(wrong.data).toMatchObject({ httpStatus: 400, reason: "INVALID_PARTICIPANTS", issues: [] });
    });

    it("keeps its own words in its own procedures", async () => {
      const error = await failure(shop.as("ann").product.query({ sku: "none" }));
      expect([error.message, error.data?.httpStatus, error.data?.path]).toEqual([
        "no such product",
        404,
        "product",
      ]);
    });

    it("tells when to come back where that helps, and refuses larger batches than the client sends", async () => {
      const later = await shop.get("chat.list?input=%7B%7D", "store-down");
      expect([later.status, later.headers.get("retry-after")]).toEqual([503, "1"]);
      const never = await shop.get("chat.list?input=%7B%7D", "banned");
      expect([never.status, never.headers.get("retry-after")]).toEqual([403, null]);
      const names = Array(21).fill("chat.list").join(",");
      expect((await shop.get(`${names}?batch=1&input=%7B%7D`, "ann")).status).toBe(400);
    });
  },
);
