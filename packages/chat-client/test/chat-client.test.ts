import { until } from "@onechat/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createChatClient, isChatError } from "../src/index.ts";
import { heldTimers } from "./held-timers.ts";
import {
  gatewayJson,
  halfAnAnswer,
  loginPage,
  lostReply,
  mixedBatch,
  proxyError,
  refusal,
  silence,
  stubApi,
  success,
} from "./stub-api.ts";

const unavailable = refusal(503, "SERVICE_UNAVAILABLE", "UNAVAILABLE", { "retry-after": "0" });
const input = { participants: ["bob"] };

describe("a call that fails for a passing reason", () => {
  it.each([
    { name: "an unavailable API", failure: unavailable },
    { name: "a lost reply", failure: lostReply },
    { name: "a proxy's error page", failure: proxyError() },
    { name: "too many requests", failure: refusal(429, "TOO_MANY_REQUESTS", null) },
    { name: "a gateway's own JSON", failure: gatewayJson(502) },
    { name: "half an answer", failure: halfAnAnswer },
  ])("is repeated: $name", async ({ failure }) => {
    await using api = await stubApi(failure, failure, success);
    const client = createChatClient({ url: api.url, token: "t", batch: false });
    expect((await client.chat.createOrGet.mutate(input)).chat.id).toBe("c1");
    expect(api.requests).toHaveLength(3);
    expect(new Set(api.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  it("is repeated as often as asked, and then rejects with the API's own words", async () => {
    await using api = await stubApi(unavailable);
    const client = createChatClient({ url: api.url, token: "t", retries: 2 });
    const error: unknown = await client.chat.createOrGet.mutate(input).catch((failure: unknown) => failure);
    expect(isChatError(error, "UNAVAILABLE")).toBe(true);
    expect(isChatError(error, "CHAT_NOT_FOUND")).toBe(false);
    expect(api.requests).toHaveLength(3);
  });

  it.each([
    {
      name: "an API that is not available",
      answer: refusal(503, "SERVICE_UNAVAILABLE", "UNAVAILABLE", { "retry-after": "1" }),
    },
    {
      name: "a refusal for too many calls",
      answer: refusal(429, "TOO_MANY_REQUESTS", null, { "retry-after": "1" }),
    },
    { name: "a proxy's page", answer: proxyError({ "retry-after": "1" }) },
    { name: "one refusal among the answers of a batch", answer: mixedBatch({ "retry-after": "1" }) },
  ])("waits as long as is asked for by $name", async ({ answer }) => {
    await using api = await stubApi(answer, success);
    const client = createChatClient({ url: api.url, token: "t", timeoutMs: Number.POSITIVE_INFINITY });
    const timers = heldTimers((ms) => ms >= 1_000);
    const calls = Promise.all([client.chat.createOrGet.mutate(input), client.chat.createOrGet.mutate(input)]);
    // `fetch` has timers of its own, which may be held before anything was asked.
    await until("a call to wait", () => api.requests.length > 0 && timers.waits.length > 0);
    expect(api.requests).toHaveLength(1);
    await until("the calls to be answered", async () => {
      timers.goOff();
      return Promise.race([calls, Promise.resolve(null)]);
    });
    expect((await calls).map(({ chat }) => chat.id)).toEqual(["c1", "c1"]);
  });

  it("waits until the date that is asked for, and for none that has passed", async () => {
    const at = (ms: number): Record<string, string> => ({
      "retry-after": new Date(Date.now() + ms).toUTCString(),
    });
    await using api = await stubApi(
      refusal(503, "SERVICE_UNAVAILABLE", null, at(-60_000)),
      refusal(503, "SERVICE_UNAVAILABLE", null, at(3_600_000)),
    );
    const client = createChatClient({ url: api.url, token: "t", timeoutMs: 300_000 });
    await expect(client.chat.createOrGet.mutate(input)).rejects.toMatchObject({ data: { httpStatus: 503 } });
    expect(api.requests).toHaveLength(2);
  });

  it("counts the time that is gone when it is asked to wait", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const refused = refusal(503, "SERVICE_UNAVAILABLE", "UNAVAILABLE", { "retry-after": "60" });
    await using api = await stubApi((request, response) => {
      now += 45_000;
      refused(request, response);
    });
    const client = createChatClient({ url: api.url, token: "t", timeoutMs: 100_000 });
    await expect(client.chat.createOrGet.mutate(input)).rejects.toMatchObject({ data: { httpStatus: 503 } });
    expect(api.requests).toHaveLength(1);
  });

  it("is given up at once when the API asks for more time than the call has", async () => {
    await using api = await stubApi(
      refusal(503, "SERVICE_UNAVAILABLE", "UNAVAILABLE", { "retry-after": "600" }),
    );
    const client = createChatClient({ url: api.url, token: "t", timeoutMs: 300_000 });
    await expect(client.chat.createOrGet.mutate(input)).rejects.toMatchObject({ data: { httpStatus: 503 } });
    expect(api.requests).toHaveLength(1);
  });
});

describe("a call that was refused", () => {
  it.each([400, 403, 404, 413, 500])("with %i is not repeated", async (status) => {
    await using api = await stubApi(refusal(status, "BAD_REQUEST", "INVALID_PARTICIPANTS"));
    const client = createChatClient({ url: api.url, token: "t" });
    const error: unknown = await client.chat.createOrGet.mutate(input).catch((failure: unknown) => failure);
    expect(isChatError(error) && error.data).toMatchObject({ httpStatus: status, requestId: "r1" });
    expect(api.requests).toHaveLength(1);
  });

  it("for its token is repeated once with a new one, if there can be one", async () => {
    const unauthorized = refusal(401, "UNAUTHORIZED", null);
    await using api = await stubApi(unauthorized, success);
    const client = createChatClient({ url: api.url, token: ({ refused }) => (refused ? "new" : "old") });
    await client.chat.createOrGet.mutate(input);
    expect(api.requests.map(({ authorization }) => authorization)).toEqual(["Bearer old", "Bearer new"]);

    await using strict = await stubApi(unauthorized);
    for (const [token, attempts] of [
      ["fixed", 1],
      [async () => "still-wrong", 3],
    ] as const) {
      await expect(
        createChatClient({ url: strict.url, token }).chat.createOrGet.mutate(input),
      ).rejects.toMatchObject({ data: { httpStatus: 401 } });
      expect(strict.requests).toHaveLength(attempts);
    }
  });
});

describe("a call that sending again cannot mend", () => {
  it.each([true, false])(
    "is not repeated when a page answers instead of an API (batch: %s)",
    async (batch) => {
      await using api = await stubApi(loginPage);
      const client = createChatClient({ url: api.url, token: "t", batch });
      await expect(client.chat.createOrGet.mutate(input)).rejects.toThrow(/text\/html.*is the URL right/);
      expect(api.requests).toHaveLength(1);
    },
  );

  it("asks a token source that fails once, and says so; nothing is sent", async () => {
    await using api = await stubApi(success);
    let asked = 0;
    const token = (): never => {
      asked += 1;
      throw new Error("not signed in");
    };
    const failed = createChatClient({ url: api.url, token }).chat.createOrGet.mutate(input);
    await expect(failed).rejects.toThrow("no token could be had");
    expect([asked, api.requests.length]).toEqual([1, 0]);
  });

  it("sends nothing with what is no token, and does not quote it", async () => {
    await using api = await stubApi(success);
    for (const token of ["", "two words", "line\nbreak", undefined, 42]) {
      const client = createChatClient({ url: api.url, token: () => token as string });
      await expect(client.chat.createOrGet.mutate(input)).rejects.toThrow(/^the token is not text that fits/);
    }
    expect(api.requests).toHaveLength(0);
  });
});

describe("options that cannot work", () => {
  it("are refused, and an infinite deadline is none", async () => {
    await using api = await stubApi(success);
    for (const options of [{ timeoutMs: 0 }, { timeoutMs: Number.NaN }, { retries: -1 }]) {
      expect(() => createChatClient({ url: api.url, token: "t", ...options })).toThrow(RangeError);
    }
    const patient = createChatClient({ url: api.url, token: "t", timeoutMs: Number.POSITIVE_INFINITY });
    expect((await patient.chat.createOrGet.mutate(input)).chat.id).toBe("c1");
  });
});

describe("a call that gets no answer", () => {
  it.each([true, false])("ends at its deadline (batch: %s)", async (batch) => {
    await using api = await stubApi(silence);
    const timeoutMs = 300_000;
    const deadline = heldTimers((ms) => ms === timeoutMs);
    const client = createChatClient({ url: api.url, token: "t", timeoutMs, batch });
    const silent = client.chat.createOrGet.mutate(input).catch((error: unknown) => error);
    await until("the request", () => api.requests.length === 1);
    deadline.goOff();
    expect(await silent).toMatchObject({ message: "no answer from the chat API within 300000 ms" });
    expect(api.requests).toHaveLength(1);
  });

  it("ends when its caller aborts it, without ending the calls that share its request", async () => {
    let answer = (): void => undefined;
    await using api = await stubApi((request, response) => {
      answer = () => success(request, response);
    });
    const client = createChatClient({ url: api.url, token: "t", timeoutMs: 300_000 });
    const abort = new AbortController();
    const aborted = client.chat.createOrGet
      .mutate(input, { signal: abort.signal })
      .catch((error: unknown) => error);
    const patient = client.chat.createOrGet.mutate(input);
    await until("the request", () => api.requests.length === 1);
    abort.abort();
    expect(await aborted).toMatchObject({ message: expect.stringMatching(/abort/) });
    answer();
    expect((await patient).chat.id).toBe("c1");
    await expect(client.chat.createOrGet.mutate(input, { signal: abort.signal })).rejects.toThrow(/abort/);
    expect(api.requests).toHaveLength(1);
  });
});

describe("requests", () => {
  it("are shared by the calls of one tick, 20 at most", async () => {
    await using api = await stubApi(success);
    const client = createChatClient({ url: `${api.url}/`, token: "t" });
    await Promise.all(Array.from({ length: 45 }, () => client.chat.createOrGet.mutate(input)));
    expect(api.requests.map(({ path }) => path.split(",").length)).toEqual([20, 20, 5]);
    expect(api.requests[0]?.path).toMatch(/^\/trpc\/chat\.createOrGet,/);
  });

  it("are not shared when the client says so", async () => {
    await using api = await stubApi(success);
    const client = createChatClient({ url: api.url, token: "t", batch: false });
    await Promise.all([client.chat.createOrGet.mutate(input), client.chat.createOrGet.mutate(input)]);
    expect(api.requests).toHaveLength(2);
  });

  it("keep the path of an API behind a gateway, and go through the caller's own fetch", async () => {
    const urls: string[] = [];
    const caches: unknown[] = [];
    const client = createChatClient({
      url: "https://gateway.example/chat/",
      token: "t",
      retries: 0,
      fetch: async (url, init) => {
        urls.push(url instanceof Request ? url.url : String(url));
        caches.push(Reflect.get(init ?? {}, "cache"));
        return Response.json([{ result: { data: null } }]);
      },
    });
    await client.chat.find.query(input);
    expect(urls[0]).toMatch(/^https:\/\/gateway\.example\/chat\/trpc\/chat\.find\?batch=1/);
    // Next.js keeps what it fetches unless told.
    expect(caches).toEqual(["no-store"]);
  });

  it("cannot go to what is no URL of an API", () => {
    for (const url of ["", "localhost:3000", "ftp://a", "/trpc", "http://", "https:///a", "http://a b"]) {
      expect(() => createChatClient({ url, token: "t" })).toThrow(TypeError);
    }
  });
});
