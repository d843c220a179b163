import { join } from "node:path";
import { openMongo } from "@onechat/mongo";
import { refuseTakenPort } from "./taken-port.ts";
import { startApi } from "./api-process.ts";
import { type BannerFacts, banner } from "./banner.ts";
import { devSecret } from "./dev-secret.ts";

export interface QuickstartOptions {
  /** Keeps the database and the secret, so that chats and tokens outlive a restart. */
  readonly dataFolder: string;
  readonly apiProgram: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly print: (text: string) => void;
  /** Aborts when the newcomer has seen enough. */
  readonly stop: AbortSignal;
}

/**
 * MongoDB, API, token, and lines to paste; returns the exit code once it was stopped or the API ended.
 *
 * @throws Error when one of them does not start, or the database ends by itself
 */
export async function quickstart(options: QuickstartOptions): Promise<number> {
  await refuseTakenPort(options.port);
  await using mongo = await openMongo({
    purpose: "start",
    env: options.env,
    dir: join(options.dataFolder, "mongo"),
    onNotice: options.print,
  });
  const secret = await devSecret(options.dataFolder);
  // What a shell may hold for a deployment of its own would contradict the development tokens.
  const own = {
    AUTH_DEV: "1",
    AUTH_JWT_SECRET: secret,
    AUTH_JWKS_URL: "",
    NODE_ENV: "development",
    HOST: "",
  };
  const env = { ...options.env, ...own, MONGODB_URI: mongo.uri };
  await using api = startApi(options.apiProgram, env, options.port);
  await api.ready(30_000);
  const facts: BannerFacts = {
    apiUrl: api.url,
    mongoUri: mongo.uri,
    mongoDescription: mongo.description,
    caller: "alice",
    token: await devToken(api.url, "alice"),
  };
  options.print(banner(facts));
  // Awaited here: what is disposed of at the end of this function has to live until then.
  return await Promise.race([api.exited, stopped(options.stop), failed(mongo.died)]);
}

async function devToken(url: string, sub: string): Promise<string> {
  const answer = await fetch(`${url}/dev/token`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ sub }),
  });
  const body: unknown = await answer.json();
  if (typeof body === "object" && body !== null && "token" in body && typeof body.token === "string") {
    return body.token;
  }
  throw new Error(`the API refused to make a development token (status ${answer.status})`);
}

/** Without its database the API would only answer 503 for ever; somebody has to look. */
async function failed(died: Promise<Error>): Promise<never> {
  throw await died;
}

function stopped(signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(0);
    signal.addEventListener("abort", () => resolve(0), { once: true });
  });
}
