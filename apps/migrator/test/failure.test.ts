import { ChatError } from "@onechat/chat-domain";
import { MigrationError } from "@onechat/chat-domain/migrate";
import { describe, expect, it } from "vitest";
import { failureOf } from "../src/failure.ts";

const setting = { stoppedBy: null, hosts: "db.internal:27017", mask: (text: string) => text };

describe("a failure is told as what it is", () => {
  it("a missing index as a missing index, not as a database that does not answer", () => {
    const missing = new ChatError("INDEX_MISSING", "the unique index of app.chats does not exist");
    expect(failureOf(missing, setting)).toEqual({
      exit: "failed",
      code: "INDEX_MISSING",
      message: "the unique index of app.chats does not exist",
      problems: [],
    });
  });

  it("a database that does not answer with where it is and what it said last", () => {
    const cause = new Error("not primary");
    const message = "the database at db.internal:27017 does not answer: not primary";
    expect(failureOf(new ChatError("UNAVAILABLE", "try again", { cause }), setting)).toMatchObject({
      code: "UNAVAILABLE",
      message,
    });
    const given = new MigrationError("UNAVAILABLE", "nothing for 60 s", { cause });
    expect(failureOf(given, setting)).toMatchObject({
      message: "nothing for 60 s (db.internal:27017: not primary)",
    });
  });
});
