import { chatContext, ChatError, ensureIndexes } from "@onechat/chat-domain";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import { databaseName, testMongo } from "@onechat/mongo/testing";
import { initTRPC, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createChatRouter } from "../src/index.ts";

interface TenantContext {
  readonly tenant: "red" | "blue";
  readonly user: string;
}

async function freshChats(label: string): Promise<ChatConnection> {
  const chats = connect({ uri: testMongo().uri, database: databaseName(label) });
  await ensureIndexes(chats);
  return chats;
}

let tenants: Readonly<Record<TenantContext["tenant"], ChatConnection>>;
beforeAll(async () => {
  tenants = { red: await freshChats("red"), blue: await freshChats("blue") };
});
afterAll(async () => {
  for (const chats of Object.values(tenants)) {
    await chats.db.dropDatabase();
    await chats[Symbol.asyncDispose]();
  }
});

describe("the chat procedures", () => {
  it("find the chats of each request's tenant, where the host says so", async () => {
    const t = initTRPC.context<TenantContext>().create();
    const router = t.router({
      chat: createChatRouter({
        procedure: t.procedure,
        chats: ({ tenant }) => tenants[tenant],
        callerOf: ({ user }) => ({ id: user }),
      }),
    });
    const [red, blue] = (["red", "blue"] as const).map((tenant) =>
      router.createCaller({ tenant, user: "ann" }),
    );
    const inRed = await red?.chat.createOrGet({ participants: ["ben"] });
    expect(inRed?.created).toBe(true);
    expect(await blue?.chat.find({ participants: ["ben"] })).toBeNull();
    expect((await blue?.chat.createOrGet({ participants: ["ben"] }))?.created).toBe(true);
    expect(await red?.chat.find({ participants: ["ben"] })).toEqual(inRed?.chat);
  });

  it("put the caller first, where people are in fields of their own", async () => {
    const model = { chats: { participants: ["from", "to"], scope: null, participantType: "int" } } as const;
    const chats = chatContext(tenants.red.db, { model: { chats: { ...model.chats, collection: "pairs" } } });
    await ensureIndexes(chats);
    const t = initTRPC.create();
    const router = t.router({
      chat: createChatRouter({ procedure: t.procedure, chats, callerOf: () => ({ id: "7" }) }),
    });
    const { chat } = router.createCaller({});
    for (const participants of [["3"], ["4", "7"]]) await chat.createOrGet({ participants });
    expect(await chats.chats.find({}, { projection: { _id: 0, from: 1, to: 1 } }).toArray()).toEqual([
      { from: 7, to: 3 },
      { from: 7, to: 4 },
    ]);
    // Errors go by the caller's own list.
    for (const [participants, position] of [
      [["bob"], 0],
      [["7", "bob"], 1],
    ] as const)
      await expect(chat.createOrGet({ participants: [...participants] })).rejects.toMatchObject({
        cause: { position, message: expect.stringContaining(`participants[${position}]`) },
      });
  });

  it("lie under whatever name, beside others, in merged routers and behind a transformer", async () => {
    const t = initTRPC.context<TenantContext>().create({
      transformer: { serialize: (value) => ({ wrapped: value }), deserialize: (value) => value.wrapped },
    });
    const talk = createChatRouter({
      procedure: t.procedure,
      chats: tenants.red,
      callerOf: async ({ user }) => ({ id: user }),
    });
    const router = t.mergeRouters(
      t.router({ ping: t.procedure.query(() => "pong"), support: { talk } }),
      t.router({ ...talk }),
    );
    const path = encodeURIComponent(JSON.stringify({ wrapped: { participants: ["cleo"] } }));
    for (const procedure of ["support.talk.find", "find"]) {
      const answer = await fetchRequestHandler({
        endpoint: "/trpc",
        req: new Request(`http://a.example/trpc/${procedure}?input=${path}`),
        router,
        createContext: () => ({ tenant: "red" as const, user: "ann" }),
      });
      expect(await answer.json()).toEqual({ result: { data: { wrapped: null } } });
    }
    expect(Object.keys(router._def.procedures).toSorted()).toEqual(
      ["createOrGet", "find", "get", "list"]
        .flatMap((name) => [name, `support.talk.${name}`])
        .concat("ping")
        .toSorted(),
    );
  });

  it("have the right status and keep the inside to themselves in a host that shapes no errors", async () => {
    const thrown = [
      new ChatError("INDEX_MISSING", "the unique index is missing"),
      new TRPCError({ code: "PAYMENT_REQUIRED", message: "your trial has ended" }),
      new RangeError("password=hunter2"),
      "password=hunter2",
    ];
    const t = initTRPC.create();
    const shapes = [];
    for (const error of thrown) {
      const chat = createChatRouter({
        procedure: t.procedure,
        chats: tenants.red,
        callerOf: () => {
          throw error;
        },
      });
      const answer = await fetchRequestHandler({
        endpoint: "/trpc",
        req: new Request("http://a.example/trpc/chat.list?input={}"),
        router: t.router({ chat }),
      });
      const { error: shape } = (await answer.json()) as { readonly error: { readonly message: string } };
      shapes.push([answer.status, shape.message]);
    }
    expect(shapes).toEqual([
      [503, "the unique index is missing"],
      [402, "your trial has ended"],
      [500, "internal error"],
      [500, "internal error"],
    ]);
  });

  it("hand what nobody foresaw to the host's log", async () => {
    const t = initTRPC.context<TenantContext>().create();
    const router = t.router({
      chat: createChatRouter({
        procedure: t.procedure,
        chats: () => {
          throw new Error("no such tenant");
        },
        callerOf: () => ({ id: "ann" }),
      }),
    });
    const call = router.createCaller({ tenant: "red", user: "ann" }).chat.list({});
    await expect(call).rejects.toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
      message: "internal error",
      cause: { message: "no such tenant" },
    });
  });

  it("have types that a host cannot get wrong", () => {
    const t = initTRPC.context<TenantContext>().create();
    const known = t.procedure.use(({ next }) => next({ ctx: { account: { id: "ann" } } }));
    createChatRouter({
      procedure: known,
      chats: tenants.red,
      // What a middleware has added is there.
      callerOf: ({ account, tenant }) => ({ id: `${tenant}:${account.id}` }),
    });
    createChatRouter({
      procedure: t.procedure,
      chats: tenants.red,
      // @ts-expect-error there is no account without the middleware
      callerOf: ({ account }) => account,
    });
    // @ts-expect-error an id is text
    createChatRouter({ procedure: t.procedure, chats: tenants.red, callerOf: () => ({ id: 1 }) });
    // @ts-expect-error there is always somebody who calls
    createChatRouter({ procedure: t.procedure, chats: tenants.red });
    const router = t.router({
      chat: createChatRouter({ procedure: known, chats: tenants.red, callerOf: () => ({ id: "ann" }) }),
    });
    const { chat } = router.createCaller({ tenant: "red", user: "ann" });
    // @ts-expect-error participants are required
    const withoutPeople = (): unknown => chat.createOrGet({});
    expect(withoutPeople).toBeTypeOf("function");
  });
});
