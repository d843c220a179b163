import { MongoNetworkError, MongoServerError, MongoServerSelectionError } from "mongodb";
import { describe, expect, it } from "vitest";
import { lastingCodes, passingCodes } from "./passing-codes.ts";
import { isDuplicateOf, isHintRefused, isTransient } from "../src/errors/mongo-errors.ts";

function serverError(fields: Record<string, unknown>): MongoServerError {
  return new MongoServerError({ message: "from the server", ...fields });
}

function socketError(syscall: string, code: string): Error {
  return Object.assign(new Error(`${syscall} ${code}`), { syscall, code });
}

describe("a duplicate key", () => {
  it("is a lost race only if it is of exactly the key's index", () => {
    expect(
      isDuplicateOf(serverError({ code: 11000, keyPattern: { participantsKey: 1 } }), "participantsKey"),
    ).toBe(true);
    for (const keyPattern of [
      { slug: 1 },
      { participantsKey: 1, tenant: 1 },
      { tenant: 1, participantsKey: 1 },
      {},
      undefined,
    ]) {
      expect(isDuplicateOf(serverError({ code: 11000, keyPattern }), "participantsKey")).toBe(false);
    }
    const named = (index: string): boolean =>
      isDuplicateOf(
        serverError({
          code: 11000,
          message: `E11000 duplicate key error index: ${index}  dup key: { : "x" }`,
        }),
        "participantsKey",
      );
    expect(["participantsKey_unique", "app.chats.$participantsKey_1"].map(named)).toEqual([true, true]);
    expect(["slug_1", "app.chats.$participantsKey_1_tenant_1"].map(named)).toEqual([false, false]);
    // Updates, on servers that tell the two apart.
    expect(
      isDuplicateOf(serverError({ code: 11001, keyPattern: { participantsKey: 1 } }), "participantsKey"),
    ).toBe(true);
    expect(isDuplicateOf(new Error("E11000 duplicate key"), "participantsKey")).toBe(false);
  });
});

describe("an error of the driver", () => {
  it.each([
    ["a timeout on the server", serverError({ code: 50 })],
    ["an election", serverError({ code: 10107 })],
    ["a write concern that was not reached", serverError({ code: 64 })],
    ["a lost connection", new MongoNetworkError("connection reset")],
    ["a write to a connection that was reset", socketError("write", "ECONNRESET")],
    ["a write to a connection that is closed", socketError("write", "EPIPE")],
    ["no server", new MongoServerSelectionError("no server", {} as never)],
  ])("says that it may pass: %s", (_name, cause) => {
    expect(isTransient(cause)).toBe(true);
  });

  it.each(Object.entries(passingCodes))("says by its code that it may pass: %s", (_category, codes) => {
    expect(codes.filter((code) => !isTransient(serverError({ code })))).toEqual([]);
  });

  it.each([
    "RetryableWriteError",
    "RetryableError",
    "TransientTransactionError",
    "UnknownTransactionCommitResult",
    "SystemOverloadedError",
  ])("says so by a label, whatever its code is: %s", (label) => {
    expect(isTransient(serverError({ code: 987_654, errorLabels: [label] }))).toBe(true);
    expect(isTransient(serverError({ code: 987_654, errorLabels: ["Other"] }))).toBe(false);
  });

  it("that a hosted database gives to a wrong password does not pass, while its others do", () => {
    const refused = serverError({ code: 8_000, errorLabels: ["HandshakeError"] });
    expect([isTransient(refused), isTransient(serverError({ code: 8_000 }))]).toEqual([false, true]);
  });

  it("that will not pass says so", () => {
    for (const error of [
      ...lastingCodes.map((code) => serverError({ code })),
      new TypeError("a bug"),
      socketError("open", "ENOENT"),
      "text",
    ]) {
      expect(isTransient(error)).toBe(false);
    }
  });

  it("about a hint means that the index is not there", () => {
    const missing =
      "planner returned error :: caused by :: hint provided does not correspond to an existing index";
    expect(isHintRefused(serverError({ code: 2, message: missing }))).toBe(true);
    expect(isHintRefused(serverError({ code: 2, message: "unknown operator: $nope" }))).toBe(false);
  });
});
