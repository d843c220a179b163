import { readFileSync } from "node:fs";
import { type ChatConnection, connect } from "@onechat/chat-domain/connect";
import closeWithGrace from "close-with-grace";
import type { Logger } from "pino";
import { createAuthentication } from "./authentication.ts";
import { envHelp } from "./env-help.ts";
import { parseEnv, type Settings } from "./env.ts";
import { logObserver } from "./log-observer.ts";
import { createLogger } from "./logger.ts";
import { createReadiness } from "./readiness.ts";
import { createServer } from "./server.ts";
import { unobserved } from "./traffic-observer.ts";

const exitConfig = 78;

/** The driver's own words about a bad connection string may quote it, so they are not repeated. */
function openChats({ mongo, legacy }: Settings, log: Logger): ChatConnection {
  try {
    return connect({ ...mongo, legacy, appName: "onechat-api", observer: logObserver(log) });
  } catch {
    return refuseEnv([
      "MONGODB_URI: not a connection string that the driver takes; are user and password percent-encoded?",
    ]);
  }
}

async function serve(settings: Settings, chats: ChatConnection, log: Logger): Promise<void> {
  const readiness = createReadiness(chats, log);
  const { issuer, audience } = settings.auth;
  const server = await createServer({
    chats,
    readiness,
    authenticate: createAuthentication(settings.auth),
    log,
    version: packageVersion(),
    corsOrigins: settings.corsOrigins,
    limits: settings.limits,
    trustedProxies: settings.trustedProxies,
    observer: unobserved,
    devToken: settings.devTokenSecret === null ? null : { secret: settings.devTokenSecret, issuer, audience },
  });
  const { close } = closeWithGrace({ delay: 10_000, logger: log }, async ({ signal, err }) => {
    log.info({ signal, err }, "shutting down");
    readiness.beginShutdown();
    await server.close();
    await chats[Symbol.asyncDispose]();
  });
  // A parent that keeps a channel open has started this process for itself: without it nobody would end it.
  process.once("disconnect", close);
  const url = await server.listen({ port: settings.port, host: settings.host });
  log.info({ url }, "listening");
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest
    ? String(manifest.version)
    : "";
}

function startFailure(error: unknown, { host, port }: Settings): string {
  if (!(error instanceof Error)) return String(error);
  const taken = "code" in error && error.code === "EADDRINUSE";
  return taken ? `port ${port} of ${host} is in use; set PORT to another` : error.message;
}

function refuseEnv(problems: readonly string[]): never {
  console.error(
    `The API cannot start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}\n\n${envHelp}`,
  );
  process.exit(exitConfig);
}

async function run(argv: readonly string[]): Promise<void> {
  if (argv.includes("--help")) {
    console.log(envHelp);
    return;
  }
  const parsed = parseEnv(process.env);
  if ("problems" in parsed) refuseEnv(parsed.problems);
  const { settings } = parsed;
  const log = createLogger(settings.logLevel);
  const chats = openChats(settings, log);
  try {
    await serve(settings, chats, log);
  } catch (error) {
    console.error(`The API cannot start: ${startFailure(error, settings)}`);
    process.exit(1);
  }
}

await run(process.argv.slice(2));
