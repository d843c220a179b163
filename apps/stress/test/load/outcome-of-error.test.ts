import { ChatError } from "@onechat/chat-domain";
import { createChatClient } from "@onechat/chat-client";
import { MongoNetworkError, MongoServerError, MongoServerSelectionError } from "mongodb";
import { describe, expect, it } from "vitest";
import { outcomeOfError } from "../../src/load/outcome-of-error.ts";

function named(name: string): Error {
  return Object.assign(new Error("what the driver says"), { name });
}

/** What the typed client rejects with when this comes back. */
async function clientError(answer: () => Promise<Response>): Promise<unknown> {
  const client = createChatClient({ url: "http://api.example", token: "t", fetch: answer, retries: 0 });
  return client.chat.createOrGet.mutate({ participants: ["a", "b"] }).catch((error: unknown) => error);
}

function refusal(status: number, reason: string | null, code: string): () => Promise<Response> {
  const data = { code, httpStatus: status, reason, position: null, issues: [], requestId: null, path: null };
  return async () => Response.json({ error: { message: "no", code: -32_600, data } }, { status });
}

describe("a call is known to have done nothing", () => {
  it.each(["INVALID_PARTICIPANTS", "FORBIDDEN", "CHAT_NOT_FOUND"] as const)(
    "when it was refused: %s",
    (code) => {
      expect(outcomeOfError(new ChatError(code, "no"), null)).toMatchObject({
        outcome: "fail",
        error: { reason: code },
      });
    },
  );

  it.each(["MongoServerSelectionError", "MongoWaitQueueTimeoutError", "MongoPoolClearedError"])(
    "when the driver never sent it, and its process wrote nothing meanwhile: %s",
    (name) => {
      const error = new ChatError("UNAVAILABLE", "not now", { cause: named(name) });
      expect(outcomeOfError(error, false).outcome).toBe("fail");
      expect(outcomeOfError(error, true).outcome).toBe("unknown");
      expect(outcomeOfError(error, null).outcome).toBe("unknown");
    },
  );

  it("when nobody listens at the API's port", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const error = await clientError(() => Promise.reject(new TypeError("fetch failed", { cause: refused })));
    expect(outcomeOfError(error, null)).toMatchObject({ outcome: "fail", error: { reason: "ECONNREFUSED" } });
  });

  it.each([
    [400, "INVALID_PARTICIPANTS", "BAD_REQUEST"],
    [401, null, "UNAUTHORIZED"],
    [403, "FORBIDDEN", "FORBIDDEN"],
  ])("when the API refused it with %i", async (status, reason, code) => {
    const error = await clientError(refusal(status, reason, code));
    expect(outcomeOfError(error, null)).toMatchObject({ outcome: "fail", error: { reason: reason ?? code } });
  });
});

describe("nobody knows what a call has done", () => {
  it.each([
    ["its connection broke", new MongoNetworkError("connection closed")],
    ["the database was not found, and nobody counted writes", named("MongoServerSelectionError")],
    ["the index was missed, maybe after a write", new ChatError("INDEX_MISSING", "gone")],
    ["something unheard-of happened", named("ToothFairyError")],
    ["what was thrown is no error", "a text"],
  ])("when %s", (_, error) => {
    expect(outcomeOfError(error, null).outcome).toBe("unknown");
  });

  it("when no answer came in time", async () => {
    const late = new DOMException("too late", "TimeoutError");
    const error = await clientError(() => Promise.reject(late));
    expect(outcomeOfError(error, null)).toMatchObject({ outcome: "unknown", error: { reason: "TIMEOUT" } });
  });

  it.each([
    [500, null, "INTERNAL_SERVER_ERROR"],
    [503, "UNAVAILABLE", "SERVICE_UNAVAILABLE"],
    [503, "INDEX_MISSING", "SERVICE_UNAVAILABLE"],
  ])("when the API answered %i %s", async (status, reason, code) => {
    const error = await clientError(refusal(status, reason, code));
    expect(outcomeOfError(error, null).outcome).toBe("unknown");
  });

  it("when the connection to the API was reset", async () => {
    const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    const error = await clientError(() => Promise.reject(new TypeError("fetch failed", { cause: reset })));
    expect(outcomeOfError(error, null)).toMatchObject({
      outcome: "unknown",
      error: { reason: "ECONNRESET" },
    });
  });
});

it("a duplicate key that reaches the caller is named", () => {
  const error = new MongoServerError({ message: "E11000 duplicate key error", code: 11_000 });
  expect(outcomeOfError(error, true).error.reason).toBe("E11000");
});

it("server selection errors are the driver's own", () => {
  expect(new MongoServerSelectionError("none", {} as never).name).toBe("MongoServerSelectionError");
});
