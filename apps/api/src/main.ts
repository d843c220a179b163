import { readFileSync } from "node:fs";
import { connect } from "@onechat/chat-domain/connect";
import closeWithGrace from "close-with-grace";
import { createAuthentication } from "./authentication.ts";
import { envHelp, parseEnv, type Settings } from "./env.ts";
import { logObserver } from "./log-observer.ts";
import { createLogger } from "./logger.ts";
import { createReadiness } from "./readiness.ts";
import { createServer } from "./server.ts";

const exitConfig = 78;

async function serve(settings: Settings): Promise<void> {
  const log = createLogger(settings.logLevel);
  const { uri, database } = settings.mongo;
  const chats = connect({
    uri,
    database,
    legacy: settings.legacy,
    appName: "onechat-api",
    observer: logObserver(log),
  });
  const readiness = createReadiness(chats, log);
  const { issuer, audience } = settings.auth;
  const server = await createServer({
    chats,
    readiness,
    authenticate: createAuthentication(settings.auth),
    log,
    version: packageVersion(),
    corsOrigins: settings.corsOrigins,
    devToken: settings.devTokenSecret === null ? null : { secret: settings.devTokenSecret, issuer, audience },
  });
  closeWithGrace({ delay: 10_000, logger: log }, async ({ signal, err }) => {
    log.info({ signal, err }, "shutting down");
    readiness.beginShutdown();
    await server.close();
    await chats[Symbol.asyncDispose]();
  });
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

async function run(argv: readonly string[]): Promise<void> {
  if (argv.includes("--help")) {
    console.log(envHelp);
    return;
  }
  const parsed = parseEnv(process.env);
  if ("problems" in parsed) {
    console.error(
      `The API cannot start:\n${parsed.problems.map((problem) => `  - ${problem}`).join("\n")}\n\n${envHelp}`,
    );
    process.exit(exitConfig);
  }
  try {
    await serve(parsed.settings);
  } catch (error) {
    console.error(`The API cannot start: ${startFailure(error, parsed.settings)}`);
    process.exit(1);
  }
}

await run(process.argv.slice(2));
