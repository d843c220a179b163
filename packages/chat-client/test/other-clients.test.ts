import { QueryClient } from "@tanstack/query-core";
import { createTRPCClient } from "@trpc/client";
import { describe, expect, it } from "vitest";
import { type AppRouter, chatLinks, chatQueryOptions, createChatClient, isChatError } from "../src/index.ts";
import { refusal, stubApi, success } from "./stub-api.ts";

const unavailable = refusal(503, "SERVICE_UNAVAILABLE", "UNAVAILABLE", { "retry-after": "0" });
const input = { participants: ["bob"] };

describe("isChatError", () => {
  const like = (data: unknown): unknown => ({ name: "TRPCClientError", message: "no", data });

  it("knows an error by what it holds, not by whose class it is of", () => {
    expect(isChatError(like({ httpStatus: 404, reason: "CHAT_NOT_FOUND" }), "CHAT_NOT_FOUND")).toBe(true);
    expect(isChatError(like({ httpStatus: 404, reason: "CHAT_NOT_FOUND" }), "FORBIDDEN")).toBe(false);
    expect(isChatError(like({ httpStatus: 401, reason: null }))).toBe(true);
    expect(isChatError(like(undefined))).toBe(true);
    expect(isChatError(like(undefined), "UNAVAILABLE")).toBe(false);
  });

  it("knows no others", () => {
    for (const error of [null, undefined, "TRPCClientError", new Error("no"), like({ code: "NOT_FOUND" })]) {
      expect(isChatError(error)).toBe(false);
    }
  });
});

describe("a client that another package of tRPC makes", () => {
  it("has the retries and the renewal of tokens by the links", async () => {
    await using api = await stubApi(unavailable, refusal(401, "UNAUTHORIZED", null), success);
    const links = chatLinks({ url: api.url, token: ({ refused }) => (refused ? "new" : "old") });
    const client = createTRPCClient<AppRouter>({ links });
    expect((await client.chat.createOrGet.mutate(input)).chat.id).toBe("c1");
    expect(api.requests.map(({ authorization }) => authorization)).toEqual([
      "Bearer old",
      "Bearer old",
      "Bearer new",
    ]);
  });

  it("does not have its retries multiplied by TanStack Query", async () => {
    await using api = await stubApi(unavailable);
    const client = createChatClient({ url: api.url, token: "t", retries: 2 });
    const queries = new QueryClient({ defaultOptions: { queries: chatQueryOptions } });
    const asked = queries.fetchQuery({ queryKey: ["bob"], queryFn: () => client.chat.find.query(input) });
    await expect(asked).rejects.toMatchObject({ data: { reason: "UNAVAILABLE" } });
    expect(api.requests).toHaveLength(3);

    let others = 0;
    const other = (): never => {
      others += 1;
      throw new Error("of another call");
    };
    const failing = queries.fetchQuery({ queryKey: ["other"], queryFn: other, retryDelay: 0 });
    await expect(failing).rejects.toThrow("of another call");
    expect(others).toBe(4);
  });
});
