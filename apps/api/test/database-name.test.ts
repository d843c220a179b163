import { describe, expect, it } from "vitest";
import { parseEnv } from "../src/config/env.ts";

const AUTH_JWT_SECRET = "x".repeat(32);

function parsed(MONGODB_URI: string, MONGODB_DB?: string): unknown {
  return parseEnv({ AUTH_JWT_SECRET, MONGODB_URI, ...(MONGODB_DB === undefined ? {} : { MONGODB_DB }) });
}

describe("the database in the connection string", () => {
  it.each([
    "mongodb://host/shop",
    "mongodb://somebody:hunter22@one,two:27018/shop?replicaSet=rs0",
    "mongodb+srv://host/%73hop?retryWrites=true",
  ])("is the one that is served: %s", (uri) => {
    const settings = { mongo: { uri, database: "shop" } };
    expect(parsed(uri)).toMatchObject({ settings });
    expect(parsed(uri, "shop")).toMatchObject({ settings });
  });

  it.each(["mongodb://host", "mongodb://host/", "mongodb://host/?replicaSet=a/b"])(
    "is onechat or MONGODB_DB where it names none: %s",
    (uri) => {
      expect(parsed(uri)).toMatchObject({ settings: { mongo: { database: "onechat" } } });
      expect(parsed(uri, "shop")).toMatchObject({ settings: { mongo: { database: "shop" } } });
    },
  );

  it("named admin says where users are looked up, and no more", () => {
    const uri = "mongodb://somebody:hunter22@host/admin?replicaSet=rs0";
    expect(parsed(uri, "shop")).toMatchObject({ settings: { mongo: { uri, database: "shop" } } });
    const { problems } = parsed(uri) as { readonly problems: readonly string[] };
    expect(problems).toEqual([expect.stringContaining("MONGODB_DB")]);
    expect(problems.join()).not.toMatch(/hunter22|somebody/);
  });

  it.each(["shop\n", " shop", "my.shop", "shop/eu", "shop$"])(
    "is refused where it is no name of one, as with a line's end from a file: %j",
    (name) => {
      const problems = [expect.stringContaining(JSON.stringify(name))];
      expect(parsed("mongodb://host", name)).toEqual({ problems });
      expect(parsed(`mongodb://host/${encodeURIComponent(name)}`)).toEqual({ problems });
    },
  );

  it("is refused with a line's end of the connection string's own", () => {
    expect(parsed("mongodb://somebody:hunter22@host/shop\n")).toEqual({
      problems: [expect.stringContaining('"shop\\n" is no name')],
    });
  });

  it("is told of beside all other problems", () => {
    const env = { PORT: "none", AUTH_JWT_SECRET, MONGODB_URI: "mongodb://host/shop", MONGODB_DB: "other" };
    expect(parseEnv(env)).toEqual({
      problems: [expect.stringContaining("PORT"), expect.stringContaining("the database other")],
    });
  });

  it("is refused where MONGODB_DB names another, with both names and no secret", () => {
    const { problems } = parsed("mongodb://somebody:hunter22@host/shop", "other") as {
      problems: readonly string[];
    };
    expect(problems).toHaveLength(1);
    expect(problems.join()).toMatch(/MONGODB_DB/);
    expect(problems.join()).toMatch(/shop/);
    expect(problems.join()).toMatch(/other/);
    expect(problems.join()).not.toMatch(/hunter22|somebody/);
  });
});
