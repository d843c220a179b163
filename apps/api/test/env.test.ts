import { describe, expect, it } from "vitest";
import { envHelp } from "../src/config/env-help.ts";
import { envNames, parseEnv } from "../src/config/env.ts";

const complete = { MONGODB_URI: "mongodb://127.0.0.1/", AUTH_JWT_SECRET: "x".repeat(32) };

function problems(env: Record<string, string>): readonly string[] {
  const parsed = parseEnv(env);
  return "problems" in parsed ? parsed.problems : [];
}

describe("the environment", () => {
  it("needs a database and a way to verify tokens; the rest has defaults", () => {
    expect(parseEnv(complete)).toMatchObject({
      settings: {
        port: 3000,
        host: "127.0.0.1",
        mongo: { uri: "mongodb://127.0.0.1/", database: "onechat" },
        auth: { keys: { secret: "x".repeat(32) }, issuer: "onechat", audience: "onechat" },
        devTokenSecret: null,
        legacy: "claim",
        corsOrigins: [],
        trustedProxies: [],
        logLevel: "info",
      },
    });
  });

  it("is refused with all of its problems at once", () => {
    const found = problems({
      PORT: "http",
      LOG_LEVEL: "loud",
      AUTH_JWT_SECRET: "short",
      CHAT_LEGACY: "maybe",
    });
    for (const name of ["PORT", "LOG_LEVEL", "AUTH_JWT_SECRET", "CHAT_LEGACY", "MONGODB_URI"]) {
      expect(found.some((problem) => problem.startsWith(name))).toBe(true);
    }
  });

  it("never repeats a secret in a problem", () => {
    const found = problems({
      ...complete,
      MONGODB_URI: "http://user:password@host",
      AUTH_JWT_SECRET: "too-short-secret",
    });
    expect(found).toHaveLength(2);
    expect(found.join()).not.toMatch(/password|too-short/);
  });

  it.each([
    {
      name: "neither secret nor key set",
      env: { MONGODB_URI: complete.MONGODB_URI },
      problem: /one of AUTH_JWT_SECRET and AUTH_JWKS_URL/,
    },
    { name: "both", env: { ...complete, AUTH_JWKS_URL: "https://issuer.example/keys" }, problem: /one of/ },
    {
      name: "a key set over plain http",
      env: { MONGODB_URI: complete.MONGODB_URI, AUTH_JWKS_URL: "http://issuer.example/keys" },
      problem: /https/,
    },
    {
      name: "development tokens in production",
      env: { ...complete, AUTH_DEV: "1", NODE_ENV: "production" },
      problem: /refused unless NODE_ENV is development or test/,
    },
    {
      name: "development tokens where nobody says that it is development",
      env: { ...complete, AUTH_DEV: "1" },
      problem: /refused unless NODE_ENV is development or test/,
    },
    {
      name: "development tokens in whatever else than development",
      env: { ...complete, AUTH_DEV: "1", NODE_ENV: "staging" },
      problem: /refused unless NODE_ENV is development or test/,
    },
    {
      name: "development tokens beside a key set",
      env: { MONGODB_URI: complete.MONGODB_URI, AUTH_JWKS_URL: "https://issuer.example/keys", AUTH_DEV: "1" },
      problem: /does not go with AUTH_JWKS_URL/,
    },
    { name: "every origin", env: { ...complete, CORS_ORIGINS: "*" }, problem: /CORS_ORIGINS.*an origin/ },
    {
      name: "an origin with a path",
      env: { ...complete, CORS_ORIGINS: "https://a.example, https://b.example/app" },
      problem: /CORS_ORIGINS.*an origin/,
    },
    ...["true", "1", "*", "0.0.0.0/0", "10.0.0.0/33", "proxy.example", "::/0"].map((proxies) => ({
      name: `${proxies} as trusted proxies`,
      env: { ...complete, TRUST_PROXY: proxies },
      problem: /TRUST_PROXY: addresses and networks/,
    })),
    {
      name: "a limit that is no number",
      env: { ...complete, RATE_LIMIT_CALLS: "many" },
      problem: /RATE_LIMIT_CALLS/,
    },
    { name: "AUTH_DEV that is no yes or no", env: { ...complete, AUTH_DEV: "maybe" }, problem: /AUTH_DEV/ },
  ])("is refused with $name", ({ env, problem }) => {
    expect(problems(env).join("; ")).toMatch(problem);
  });

  it("needs no secret in development, and takes a short one there", () => {
    const dev = { MONGODB_URI: complete.MONGODB_URI, AUTH_DEV: "1", NODE_ENV: "development" };
    const [one, two] = [parseEnv(dev), parseEnv(dev)];
    expect(one).toMatchObject({ settings: { devTokenSecret: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(one).not.toEqual(two);
    expect(parseEnv({ ...dev, AUTH_JWT_SECRET: "short" })).toMatchObject({
      settings: { devTokenSecret: "short" },
    });
  });

  it("limits rates and sheds load in production, and elsewhere only when told to", () => {
    const off = { callsPerCaller: 0, callsPerService: 0, requestsPerAddress: 0, eventLoopDelayMs: 0 };
    expect(parseEnv(complete)).toMatchObject({ settings: { limits: off } });
    expect(parseEnv({ ...complete, RATE_LIMIT_CALLS: "7" })).toMatchObject({
      settings: { limits: { ...off, callsPerCaller: 7 } },
    });
    const production = { ...complete, NODE_ENV: "production" };
    expect(parseEnv(production)).toMatchObject({
      settings: {
        limits: {
          callsPerCaller: 5_000,
          callsPerService: 50_000,
          requestsPerAddress: 20_000,
          eventLoopDelayMs: 1_000,
        },
      },
    });
    expect(parseEnv({ ...production, RATE_LIMIT_CALLS: "0" })).toMatchObject({
      settings: { limits: { callsPerCaller: 0, callsPerService: 50_000 } },
    });
  });

  it("trusts the proxies that it names", () => {
    const parsed = parseEnv({ ...complete, TRUST_PROXY: "10.0.0.0/8, fd00::/8,192.0.2.1,loopback" });
    expect(parsed).toMatchObject({
      settings: { trustedProxies: ["10.0.0.0/8", "fd00::/8", "192.0.2.1", "loopback"] },
    });
  });

  it("takes an empty variable for an absent one, and AUTH_DEV=0 for off", () => {
    expect(parseEnv({ ...complete, PORT: "", AUTH_DEV: "0", NODE_ENV: "production" })).toMatchObject({
      settings: { port: 3000, devTokenSecret: null },
    });
  });

  it("is described in the help text, every variable of it", () => {
    for (const name of envNames) expect(envHelp).toMatch(new RegExp(`\\b${name}\\b`));
  });
});
