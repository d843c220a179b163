import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChatContext, ChatError } from "@onechat/chat-domain";
import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import { initTRPC, TRPCError } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from "@trpc/server/adapters/fastify";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import express from "express";
import fastify from "fastify";
import { z } from "zod";
import { createChatRouter, errorShape, maxBatchSize, retryAfterHeader } from "../src/index.ts";

/** A shop's context: nothing in it is named as the chat procedures name things. */
export interface ShopContext {
  readonly login: string;
  readonly traceId: string;
}

interface Session {
  readonly user: { readonly uid: string; readonly support: boolean };
}

export interface ShopOptions {
  readonly chats: ChatContext;
  /** What the shop's middleware has seen: path, user and end of every call. */
  readonly traces?: string[];
  readonly onCallerAsked?: (login: string) => void;
}

/** What becomes of a call of whoever is logged in under such a name. */
const trouble: Readonly<Record<string, () => unknown>> = {
  "": () => new TRPCError({ code: "UNAUTHORIZED", message: "please sign in" }),
  banned: () => new TRPCError({ code: "FORBIDDEN", message: "you are banned", cause: new Error("spam") }),
  unpaid: () => new TRPCError({ code: "PAYMENT_REQUIRED" }),
  "bad-id": () =>
    new TRPCError({ code: "UNAUTHORIZED", cause: new ChatError("INVALID_PARTICIPANTS", "an id is empty") }),
  "store-down": () => new ChatError("UNAVAILABLE", "the sessions cannot be had"),
  crash: () => new Error("password=hunter2"),
};

/** Somebody's application that has a tRPC of its own already, and puts the chats beside what it has. */
export function shopRouter({ chats, traces = [], onCallerAsked }: ShopOptions) {
  const t = initTRPC
    .context<ShopContext>()
    .meta<{ readonly audited: boolean }>()
    .create({
      errorFormatter: ({ error, path, ctx }) => errorShape(error, { path, requestId: ctx?.traceId }),
    });

  const traced = t.procedure.use(async ({ ctx, path, next }) => {
    const session = { user: { uid: ctx.login, support: ctx.login === "support" } } satisfies Session;
    const result = await next({ ctx: { session } });
    traces.push(`${path} ${ctx.login} ${result.ok ? "OK" : result.error.code}`);
    return result;
  });

  return t.router({
    product: traced.input(z.object({ sku: z.string() })).query(({ input, ctx }) => {
      if (input.sku === "none") throw new TRPCError({ code: "NOT_FOUND", message: "no such product" });
      return { sku: input.sku, seenBy: ctx.session.user.uid };
    }),
    chat: createChatRouter({
      procedure: traced,
      chats,
      callerOf: async ({ login, session: { user } }) => {
        await sleep(1);
        onCallerAsked?.(login);
        const problem = trouble[login]?.();
        if (problem !== undefined) throw problem;
        return { id: user.uid, actsForOthers: user.support };
      },
    }),
  });
}

export type ShopRouter = ReturnType<typeof shopRouter>;
export type ShopClient = TRPCClient<ShopRouter>;

export interface Shop extends AsyncDisposable {
  /** The official client, as somebody who is logged in under this name. */
  readonly as: (login: string) => ShopClient;
  /** The plain answer. */
  readonly get: (path: string, login: string) => Promise<Response>;
}

/** Ways to serve a router that tRPC brings along. */
export const adapters = {
  standalone: async (router: ShopRouter) => {
    const handler = createHTTPHandler({
      router,
      maxBatchSize,
      createContext: ({ req }) => contextOf(req.headers["x-login"]),
      responseMeta: ({ errors }) => ({ headers: retryAfterHeader(errors) }),
    });
    return listening(handler, "");
  },
  express: async (router: ShopRouter) => {
    const app = express();
    const middleware = createExpressMiddleware({
      router,
      maxBatchSize,
      createContext: ({ req }) => contextOf(req.headers["x-login"]),
      responseMeta: ({ errors }) => ({ headers: retryAfterHeader(errors) }),
    });
    app.use("/api/trpc", middleware);
    return listening(app, "/api/trpc");
  },
  fastify: async (router: ShopRouter) => {
    // The names of a whole batch are one parameter.
    const app = fastify({ routerOptions: { maxParamLength: 5_000 } });
    await app.register(fastifyTRPCPlugin, {
      prefix: "/trpc",
      trpcOptions: {
        router,
        maxBatchSize,
        createContext: ({ req }) => contextOf(req.headers["x-login"]),
        responseMeta: ({ errors }) => ({ headers: retryAfterHeader(errors) }),
      },
    } satisfies FastifyTRPCPluginOptions<ShopRouter>);
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    return shop(fetch, `${url}/trpc`, () => app.close());
  },
  /** As Next's route handlers are made of it. */
  fetch: async (router: ShopRouter) => {
    const answer: typeof fetch = (input, init) =>
      fetchRequestHandler({
        endpoint: "/api/trpc",
        req: new Request(input, init),
        router,
        maxBatchSize,
        createContext: ({ req }) => contextOf(req.headers.get("x-login")),
        responseMeta: ({ errors }) => ({ headers: retryAfterHeader(errors) }),
      });
    return shop(answer, "http://shop.example/api/trpc", async () => undefined);
  },
} satisfies Record<string, (router: ShopRouter) => Promise<Shop>>;

async function listening(handler: RequestListener, path: string): Promise<Shop> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return shop(fetch, url, async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
}

function contextOf(login: unknown): ShopContext {
  return { login: typeof login === "string" ? login : "", traceId: "t-1" };
}

function shop(via: typeof fetch, url: string, close: () => Promise<void>): Shop {
  const send = (to: string | URL | Request, init?: object): Promise<Response> => via(to, init);
  return {
    as: (login) =>
      createTRPCClient<ShopRouter>({
        links: [httpBatchLink({ url, fetch: send, headers: { "x-login": login }, maxItems: maxBatchSize })],
      }),
    get: (path, login) => via(`${url}/${path}`, { headers: { "x-login": login } }),
    [Symbol.asyncDispose]: close,
  };
}
