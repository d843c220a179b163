import { TRPCError } from "@trpc/server";
import { generateOpenApiDocument } from "trpc-to-openapi";
import { describe, expect, it } from "vitest";
import type { RequestContext } from "../src/request-context.ts";
import { appRouter } from "../src/router.ts";
import { unobserved } from "../src/traffic-observer.ts";

/** A request without a token, to a database that must not be asked. */
const anonymous: RequestContext = {
  chats: new Proxy({} as RequestContext["chats"], {
    get: () => {
      throw new Error("the database was asked for somebody without a token");
    },
  }),
  requestId: "r1",
  authenticate: () => Promise.reject(new TRPCError({ code: "UNAUTHORIZED", message: "no token" })),
  spendCall: () => Promise.resolve(),
  assertGuarantee: () => Promise.resolve(),
  aroundCall: unobserved.aroundCall,
};

const procedures = Object.keys(appRouter._def.procedures);

describe("the router", () => {
  it("has the procedures of the contract", () => {
    expect(procedures.toSorted()).toEqual(["chat.createOrGet", "chat.find", "chat.get", "chat.list"]);
  });

  it.each(procedures)("denies %s to whoever has no token", async (path) => {
    const caller = appRouter.createCaller(anonymous) as unknown as Record<
      string,
      Record<string, (input: unknown) => Promise<unknown>>
    >;
    const [group = "", name = ""] = path.split(".");
    const call = caller[group]?.[name];
    await expect(call?.({ participants: ["a"], id: "a" })).rejects.toMatchObject({ code: "UNAUTHORIZED" });
  });

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

  it("is a valid OpenAPI document with the three REST routes", () => {
    const document = generateOpenApiDocument(appRouter, { title: "t", version: "1", baseUrl: "/api" });
    expect(Object.keys(document.paths ?? {}).toSorted()).toEqual([
      "/chats",
      "/chats/create-or-get",
      "/chats/{id}",
    ]);
  });
});
