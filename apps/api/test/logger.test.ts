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

  it("holds no token, cookie, secret or connection string", () => {
    const headers = { authorization: "Bearer abc", cookie: "abc" };
    const line = logged({ req: { headers }, headers, secret: "abc", mongo: { uri: "mongodb://me:abc@db" } });
    expect(line).not.toContain("abc");
  });
});
