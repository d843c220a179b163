import { ChatError, type ChatErrorCode } from "@onechat/chat-domain";
import { errorShape, toTrpcError } from "@onechat/chat-router";
import { TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { requestId } from "../src/http/request-log.ts";

const origin = { requestId: "r1", path: "chat.get" };

describe("the error shape", () => {
  it.each<[ChatErrorCode, number]>([
    ["INVALID_PARTICIPANTS", 400],
    ["FORBIDDEN", 403],
    ["CHAT_NOT_FOUND", 404],
    ["INTEGRITY", 500],
    ["INDEX_MISSING", 503],
    ["MODEL_MISMATCH", 503],
    ["UNAVAILABLE", 503],
  ])("of %s has status %i and says why", (code, httpStatus) => {
    const shape = errorShape(toTrpcError(new ChatError(code, "because")), origin);
    expect(shape).toMatchObject({
      message: "because",
      data: { reason: code, httpStatus, requestId: "r1", path: "chat.get" },
    });
  });

  it("of an invalid participant tells its position", () => {
    const error = new ChatError("INVALID_PARTICIPANTS", "participants[3] is empty", { position: 3 });
    expect(errorShape(toTrpcError(error), origin).data.position).toBe(3);
  });

  it("of input that has the wrong types names the fields, and repeats no value", () => {
    const Input = z.strictObject({ participants: z.array(z.string()) });
    const parsed = Input.safeParse({ participants: ["a", { $ne: "secret" }], extra: "secret" });
    const shape = errorShape(new TRPCError({ code: "BAD_REQUEST", cause: parsed.error }), origin);
    expect(shape.data).toMatchObject({ reason: "INVALID_PARTICIPANTS", position: 1 });
    expect(shape.data.issues.map(({ path }) => path)).toContain("participants.1");
    expect(shape.message).toContain("participants.1: Invalid input: expected string");
    expect(JSON.stringify(shape)).not.toContain("secret");
  });

  it("of an error that nobody foresaw says nothing of the inside", () => {
    for (const error of [new Error("password=hunter2"), new RangeError("limit"), "text", null]) {
      const shape = errorShape(toTrpcError(error), origin);
      expect(shape).toMatchObject({ message: "internal error", data: { httpStatus: 500, reason: null } });
    }
  });
});

describe("a request id", () => {
  it("is the client's when it is fit for a log, else a new one", () => {
    expect(requestId("job-42.retry_1")).toBe("job-42.retry_1");
    for (const header of [undefined, "", "a b", "x".repeat(65), "a\nb", ["a", "b"]]) {
      expect(requestId(header)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
