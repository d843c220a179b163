import { ChatError } from "@onechat/chat-domain";
import { describe, expect, it } from "vitest";
import { createLogger } from "../src/observe/logger.ts";

function logged(fields: object): string {
  let line = "";
  createLogger("info", { stream: { write: (text: string) => void (line += text) } }).info(
    fields,
    "something",
  );
  return line;
}

function quoting(name: string, message: string, code: number): Error {
  return Object.assign(new Error(message), { name, code });
}

describe("the log", () => {
  it("holds no value of a duplicate key, be it of an index that is not ours", () => {
    const message =
      'E11000 duplicate key error collection: app.chats index: owner_1 dup key: { owner: "mallory" }';
    const line = logged({
      err: Object.assign(new Error(message), { code: 11_000, keyValue: { owner: "mallory" } }),
    });
    expect(line).toContain("index: owner_1 dup key: (not logged)");
    expect(line).toContain("11000");
    expect(line).toMatch(/logger\.test\.ts/);
    expect(line).not.toContain("mallory");
  });

  it.each<{ readonly what: string; readonly err: Error }>([
    { what: "a validator", err: quoting("MongoServerError", 'Document failed validation: "mallory"', 121) },
    { what: "a plan", err: quoting("MongoServerError", "cannot use the part (of mallory)", 28) },
    {
      what: "a key that is too long",
      err: quoting("MongoServerError", "key too large { : mallory }", 17_280),
    },
    {
      what: "a duplicate of an old server",
      err: quoting("MongoServerError", "E11000 idx_1 dup mallory", 11_001),
    },
    { what: "a parser", err: new SyntaxError("Unexpected token 'm', mallory is not valid JSON") },
    { what: "a library", err: new TypeError("mallory is not a function\n    at mallory (mallory.js:1:1)") },
    {
      what: "a cause",
      err: new Error("mallory", { cause: new Error("mallory", { cause: quoting("X", "mallory", 1) }) }),
    },
  ])("repeats nothing that an error quotes: $what", ({ err }) => {
    const line = logged({ err });
    expect(line).toContain(`"type":"${err.name}"`);
    expect(line).not.toContain("mallory");
  });

  it("says of a failed connection where it led, and of our own errors what they say", () => {
    const cause = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:9"), {
      code: "ECONNREFUSED",
      syscall: "connect",
      address: "127.0.0.1",
      port: 9,
    });
    const err = new ChatError("UNAVAILABLE", "the database did not answer in time; try again", { cause });
    const facts = { code: "ECONNREFUSED", syscall: "connect", address: "127.0.0.1", port: 9 };
    expect(JSON.parse(logged({ err }))).toMatchObject({
      err: { message: err.message, code: "UNAVAILABLE", cause: facts },
    });
  });

  it("holds no token, cookie, secret or connection string", () => {
    const headers = { authorization: "Bearer abc", cookie: "abc" };
    const line = logged({ req: { headers }, headers, secret: "abc", mongo: { uri: "mongodb://me:abc@db" } });
    expect(line).not.toContain("abc");
  });
});
