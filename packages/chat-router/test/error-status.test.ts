import { ChatError } from "@onechat/chat-domain";
import { initTRPC, TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import {
  errorReasons,
  errorShape,
  isUnforeseen,
  retryAfterHeader,
  toTrpcError,
  tooManyRequests,
} from "../src/index.ts";

const refusal = new ChatError("UNAVAILABLE", "not now");

describe("tRPC's error for what was thrown", () => {
  it("has a status of its own for every reason of the domain, and is the same when it is asked for again", () => {
    for (const reason of errorReasons) {
      const error = toTrpcError(new ChatError(reason, "because"));
      expect(errorShape(error, {}).data).toMatchObject({ reason, code: error.code });
      expect(toTrpcError(error)).toMatchObject({
        code: error.code,
        message: "because",
        cause: { code: reason },
      });
    }
  });

  it("is the domain's also where tRPC has wrapped it", async () => {
    const t = initTRPC.create();
    const router = t.router({
      fails: t.procedure.query(() => {
        throw refusal;
      }),
    });
    const wrapped: unknown = await router
      .createCaller({})
      .fails()
      .catch((error: unknown) => error);
    expect(wrapped).toMatchObject({ code: "INTERNAL_SERVER_ERROR", cause: refusal });
    expect(toTrpcError(wrapped)).toMatchObject({ code: "SERVICE_UNAVAILABLE", message: "not now" });
  });

  it("is the host's own where the host has decided, whatever the cause", () => {
    const unauthorized = new TRPCError({ code: "UNAUTHORIZED", message: "sign in", cause: refusal });
    expect(toTrpcError(unauthorized)).toBe(unauthorized);
    expect(errorShape(unauthorized, {})).toMatchObject({
      message: "sign in",
      data: { reason: null, httpStatus: 401 },
    });
    const internal = new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: unauthorized });
    expect(toTrpcError(internal)).toBe(internal);
  });

  it("is the host's own also where the host has a copy of tRPC of its own", () => {
    class ForeignError extends Error {
      override readonly name = "TRPCError";
      readonly code = "FORBIDDEN";
    }
    const foreign = new ForeignError("not you");
    expect(toTrpcError(foreign)).toBe(foreign);
  });

  it("says nothing of what nobody foresaw, and keeps it for the log", () => {
    const cause = new Error("E11000 dup key: { email: 'ann@example.com' }");
    for (const error of [cause, new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause })]) {
      expect(toTrpcError(error)).toMatchObject({
        code: "INTERNAL_SERVER_ERROR",
        message: "internal error",
        cause,
      });
      expect(isUnforeseen(toTrpcError(error))).toBe(true);
    }
    expect(isUnforeseen(toTrpcError(refusal))).toBe(false);
  });
});

describe("when to come back", () => {
  it("is as late as the latest of a batch says, and not said where it helps nobody", () => {
    const [soon, late] = [toTrpcError(refusal), tooManyRequests("too many calls", 2_001)];
    expect(late.message).toBe("too many calls; try again in 3 s");
    expect(retryAfterHeader([soon])).toEqual({ "retry-after": "1" });
    expect(retryAfterHeader([soon, late, soon])).toEqual({ "retry-after": "3" });
    expect(retryAfterHeader([new TRPCError({ code: "FORBIDDEN" })])).toEqual({});
    expect(retryAfterHeader([])).toEqual({});
  });
});
