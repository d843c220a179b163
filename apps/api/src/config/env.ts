import { randomBytes } from "node:crypto";
// Not from ./connect: it loads the driver, which tracing has to come before.
import { databaseFor } from "@onechat/chat-domain/connect/database-name";
import { z } from "zod";
import type { AuthSettings } from "../auth/authentication.ts";
import { type AllowedOrigins, loopbackOrigin } from "../http/browser-origins.ts";
import type { LimitSettings } from "../limits/limit-settings.ts";
import type { LogLevel } from "../observe/logger.ts";
import { ProxyList } from "./trusted-proxies.ts";

const Port = z.coerce.number("a port number").int().min(0).max(65_535);
const Limit = z.coerce.number("a whole number; 0 for no limit").int().min(0).max(1_000_000_000);
const Origin = z
  .string()
  .refine(isOrigin, "an origin such as https://app.example: scheme, host, and port if it has one");

/** The environment as it may be written, described in env-help.ts; unknown variables are other programs' business. */
const Env = z.object({
  PORT: Port.default(3000),
  HOST: z.string().min(1).default("127.0.0.1"),
  METRICS_PORT: Port.optional(),
  METRICS_HOST: z.string().min(1).default("127.0.0.1"),
  DRAIN_MS: z.coerce.number("milliseconds").int().min(0).max(60_000).default(0),
  MONGODB_URI: z
    .string("a MongoDB connection string")
    .regex(/^mongodb(\+srv)?:\/\//, "starts with mongodb:// or mongodb+srv://"),
  MONGODB_DB: z.string().min(1).optional(),
  AUTH_JWT_SECRET: z.string().optional(),
  AUTH_JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isSafeUrl, "https, except on the loopback address")
    .optional(),
  AUTH_ISSUER: z.string().min(1).default("onechat"),
  AUTH_AUDIENCE: z.string().min(1).default("onechat"),
  AUTH_DEV: z.stringbool("1 or 0").default(false),
  CONSOLE: z.stringbool("1 or 0").optional(),
  CHAT_LEGACY: z.enum(["claim", "none"]).default("claim"),
  CORS_ORIGINS: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((origin) => origin.trim())
        .filter(Boolean),
    )
    .pipe(z.array(Origin)),
  TRUST_PROXY: ProxyList.default([]),
  RATE_LIMIT_CALLS: Limit.optional(),
  RATE_LIMIT_SERVICE_CALLS: Limit.optional(),
  RATE_LIMIT_REQUESTS: Limit.optional(),
  MAX_CONCURRENT_REQUESTS: Limit.default(5_000),
  MAX_CONNECTIONS: Limit.default(10_000),
  MAX_EVENT_LOOP_DELAY_MS: Limit.optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  NODE_ENV: z.string().optional(),
});

/** Everything the process was told, decided once. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  /** Where the metrics are read; `null`: nowhere, and none are kept. */
  readonly metrics: { readonly port: number; readonly host: string } | null;
  /** How long requests are still taken after the first signal to stop. */
  readonly drainMs: number;
  readonly mongo: { readonly uri: string; readonly database: string };
  readonly auth: AuthSettings;
  /** The secret that signs development tokens; `null` unless AUTH_DEV is on. */
  readonly devTokenSecret: string | null;
  /** Whether `/` is the console. */
  readonly console: boolean;
  readonly legacy: "claim" | "none";
  readonly corsOrigins: AllowedOrigins;
  /** Whose word about a client's address is taken. */
  readonly trustedProxies: readonly string[];
  readonly limits: LimitSettings;
  readonly logLevel: LogLevel;
}

export type ParsedEnv = { readonly settings: Settings } | { readonly problems: readonly string[] };

/** All problems at once; an empty variable counts as absent. */
export function parseEnv(env: Readonly<Record<string, string | undefined>>): ParsedEnv {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = Env.safeParse(given);
  const { MONGODB_URI: uri = "", MONGODB_DB: name } = given;
  const found = databaseFor(uri, name === undefined ? null : { name, place: "MONGODB_DB" });
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`),
    ...contradictions(given),
    ...("problem" in found ? [found.problem] : []),
  ];
  if (parsed.data === undefined || "problem" in found || problems.length > 0) return { problems };
  return { settings: settingsOf(parsed.data, found.database) };
}

/** What no single variable is to blame for. */
function contradictions(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { AUTH_JWT_SECRET: secret, AUTH_JWKS_URL: jwks, NODE_ENV: mode } = env;
  const dev = /^(1|true|yes|on|y|enabled)$/i.test(env["AUTH_DEV"] ?? "");
  const given = [secret, jwks].filter((key) => key !== undefined).length;
  const problems: readonly (readonly [boolean, string])[] = [
    [
      given > 1 || (given === 0 && !dev),
      "set one of AUTH_JWT_SECRET and AUTH_JWKS_URL: tokens are verified with a secret or a key set",
    ],
    [
      dev && mode !== "development" && mode !== "test",
      "AUTH_DEV hands tokens to anybody: it is refused unless NODE_ENV is development or test",
    ],
    [dev && jwks !== undefined, "AUTH_DEV signs with a secret: it does not go with AUTH_JWKS_URL"],
    // RFC 7518, section 3.2: a key for HS256 has at least the size of its hash.
    [!dev && secret !== undefined && secret.length < 32, "AUTH_JWT_SECRET: at least 32 characters"],
  ];
  return problems.filter(([wrong]) => wrong).map(([, problem]) => problem);
}

function settingsOf(env: z.infer<typeof Env>, database: string): Settings {
  const { AUTH_JWKS_URL: jwksUrl } = env;
  // Development needs no secret of its own: one that ends with the process will do.
  const secret = env.AUTH_JWT_SECRET ?? (env.AUTH_DEV ? randomBytes(32).toString("hex") : undefined);
  return {
    port: env.PORT,
    host: env.HOST,
    metrics: env.METRICS_PORT === undefined ? null : { port: env.METRICS_PORT, host: env.METRICS_HOST },
    drainMs: env.DRAIN_MS,
    mongo: { uri: env.MONGODB_URI, database },
    auth: {
      keys: secret === undefined ? { jwksUrl: jwksUrl ?? "" } : { secret },
      issuer: env.AUTH_ISSUER,
      audience: env.AUTH_AUDIENCE,
    },
    devTokenSecret: env.AUTH_DEV ? (secret ?? null) : null,
    console: env.CONSOLE ?? env.AUTH_DEV,
    legacy: env.CHAT_LEGACY,
    corsOrigins: env.AUTH_DEV ? [...env.CORS_ORIGINS, loopbackOrigin] : env.CORS_ORIGINS,
    trustedProxies: env.TRUST_PROXY,
    limits: limitsOf(env),
    logLevel: env.LOG_LEVEL,
  };
}

/**
 * Whoever races thousands of calls against a process of their own is no attacker, and a machine that is busy with tests no
 * outage: rates and shedding by delay are for production.
 */
function limitsOf(env: z.infer<typeof Env>): LimitSettings {
  const inProduction = (limit: number): number => (env.NODE_ENV === "production" ? limit : 0);
  return {
    callsPerCaller: env.RATE_LIMIT_CALLS ?? inProduction(5_000),
    callsPerService: env.RATE_LIMIT_SERVICE_CALLS ?? inProduction(50_000),
    requestsPerAddress: env.RATE_LIMIT_REQUESTS ?? inProduction(20_000),
    concurrentRequests: env.MAX_CONCURRENT_REQUESTS,
    connections: env.MAX_CONNECTIONS,
    eventLoopDelayMs: env.MAX_EVENT_LOOP_DELAY_MS ?? inProduction(1_000),
    arrivalMs: 30_000,
  };
}

/** `*` and paths are none: a list that lets everybody in is no list. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}

function isSafeUrl(text: string): boolean {
  const url = new URL(text);
  return url.protocol === "https:" || ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
}

/** Every variable that is read. */
export const envNames: readonly string[] = Object.keys(Env.shape);

/** A variable whose value looked right and turned out not to be; the message begins with its name. */
export class UnusableSetting extends Error {
  override readonly name = "UnusableSetting";
}
