import { TRPCError } from "@trpc/server";
import { generateOpenApiDocument } from "trpc-to-openapi";
import { describe, expect, it } from "vitest";
import type { Caller } from "../src/auth/caller.ts";
import type { RequestContext } from "../src/request-context.ts";
import { appRouter } from "../src/router.ts";
import { noopObserver } from "../src/observe/traffic-observer.ts";

/** Whatever is asked of it fails the test: it must not be asked. */
function untouchable(name: string): object {
  return new Proxy(
    {},
    {
      get: () => {
        throw new Error(`${name} was asked for somebody who may not`);
      },
    },
  );
}

function requestOf(authenticate: () => Promise<Caller>): RequestContext {
  return {
    chats: untouchable("the database") as RequestContext["chats"],
    admin: untouchable("the process") as RequestContext["admin"],
    requestId: "r1",
    authenticate,
    consumeQuota: () => Promise.resolve(),
    assertGuarantee: () => Promise.resolve(),
    aroundCall: noopObserver.aroundCall,
  };
}

const anonymous = requestOf(() =>
  Promise.reject(new TRPCError({ code: "UNAUTHORIZED", message: "no token" })),
);
const service = requestOf(async () => ({ id: "service", actsForOthers: true, administers: false }));

const procedures = Object.keys(appRouter._def.procedures);

/** Calls a procedure with input that every one of them accepts some part of. */
function call(path: string, context: RequestContext, input: unknown): Promise<unknown> {
  const caller = appRouter.createCaller(context) as unknown as Record<
    string,
    Record<string, (input: unknown) => Promise<unknown>>
  >;
  const [group = "", name = ""] = path.split(".");
  return caller[group]?.[name]?.(input) ?? Promise.reject(new Error(`there is no ${path}`));
}

describe("the router", () => {
  it("has the procedures of the contract", () => {
    expect(procedures.toSorted()).toEqual([
      "admin.audit",
      "admin.status",
      "chat.createOrGet",
      "chat.find",
      "chat.get",
      "chat.list",
    ]);
  });

  it.each(procedures)("denies %s to whoever has no token, whatever the input", async (path) => {
    for (const input of [undefined, {}, { participants: ["a"], id: "a" }, null, 1])
      await expect(call(path, anonymous, input)).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

  it.each(procedures.filter((path) => path.startsWith("admin.")))(
    "denies %s to whoever is no administrator, services included",
    async (path) => {
      for (const input of [undefined, {}])
        await expect(call(path, service, input)).rejects.toMatchObject({ code: "FORBIDDEN" });
    },
  );

  it.each(procedures)("describes what %s takes and gives, so that the client's types are exact", (path) => {
    const definition = (
      appRouter._def.procedures as unknown as Record<
        string,
        { _def: { inputs: unknown[]; output?: unknown } }
      >
    )[path];
    expect(definition?._def.inputs).toHaveLength(1);
    expect(definition?._def).toHaveProperty("output");
  });

  it("is a valid OpenAPI document with the four REST routes", () => {
    const document = generateOpenApiDocument(appRouter, { title: "t", version: "1", baseUrl: "/api" });
    expect(Object.keys(document.paths ?? {}).toSorted()).toEqual([
      "/chats",
      "/chats/create-or-get",
      "/chats/find",
      "/chats/{id}",
    ]);
  });
});
