import { until } from "@onechat/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createChatClient } from "../src/index.ts";
import { heldTimers } from "./held-timers.ts";
import { silence, stubApi, success } from "./stub-api.ts";

const input = { participants: ["bob"] };

describe("where URL.canParse, AbortSignal.any and DOMException are missing", () => {
  const missing = [
    [AbortSignal, "any"],
    [URL, "canParse"],
  ] as const;
  const present = missing.map(([owner, name]) => Object.getOwnPropertyDescriptor(owner, name) ?? {});
  beforeEach(() => {
    vi.stubGlobal("DOMException", undefined);
    for (const [owner, name] of missing) Object.defineProperty(owner, name, { value: undefined });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    for (const [at, [owner, name]] of missing.entries())
      Object.defineProperty(owner, name, present[at] ?? {});
  });

  it("a client calls, and refuses what is no URL of an API", async () => {
    await using api = await stubApi(success);
    const client = createChatClient({ url: api.url, token: "t" });
    const { signal } = new AbortController();
    expect((await client.chat.createOrGet.mutate(input, { signal })).chat.id).toBe("c1");
    expect(() => createChatClient({ url: "/trpc", token: "t" })).toThrow(TypeError);
  });

  it("a call ends at its deadline", async () => {
    await using api = await stubApi(silence);
    const deadline = heldTimers((ms) => ms === 300_000);
    const client = createChatClient({ url: api.url, token: "t", timeoutMs: 300_000 });
    const silent = client.chat.createOrGet.mutate(input).catch((error: unknown) => error);
    await until("the request", () => api.requests.length === 1);
    deadline.goOff();
    expect(await silent).toMatchObject({
      message: "no answer from the chat API within 300000 ms",
      cause: { name: "TimeoutError" },
    });
  });

  it("and where a request takes no word about caches, none is said", async () => {
    const inits: object[] = [];
    const takesNone = (init: object = {}): void => {
      if ("cache" in init)
        throw new TypeError("The 'cache' field on 'RequestInitializerDict' is not implemented.");
    };
    vi.stubGlobal("Request", function (_url: unknown, init?: object) {
      takesNone(init);
    });
    const client = createChatClient({
      url: "http://127.0.0.1",
      token: "t",
      retries: 0,
      fetch: async (_url, init = {}) => {
        takesNone(init);
        inits.push(init);
        return Response.json([{ result: { data: null } }]);
      },
    });
    await client.chat.find.query(input);
    expect(inits).toHaveLength(1);
  });

  it("a call ends when its caller aborts it, before it is sent as well", async () => {
    await using api = await stubApi(silence);
    const client = createChatClient({ url: api.url, token: "t", timeoutMs: 300_000 });
    const abort = new AbortController();
    const aborted = client.chat.find.query(input, { signal: abort.signal }).catch((error: unknown) => error);
    await until("the request", () => api.requests.length === 1);
    abort.abort("no longer wanted");
    expect(await aborted).toMatchObject({ cause: { name: "AbortError" } });
    await expect(client.chat.find.query(input, { signal: abort.signal })).rejects.toThrow(/abort/);
    expect(api.requests).toHaveLength(1);
  });
});
