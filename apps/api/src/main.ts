import { envHelp } from "./config/env-help.ts";
import { parseEnv, type Settings, UnusableSetting } from "./config/env.ts";
import { createLogger } from "./observe/logger.ts";
import { tracingWanted } from "./tracing/tracing-wanted.ts";

const exitConfig = 78;

function startFailure(error: unknown, { host, metrics }: Settings): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error && error.code === "EADDRINUSE" && "port" in error)) return error.message;
  return metrics !== null && error.port === metrics.port
    ? `port ${metrics.port} of ${metrics.host} is in use; set METRICS_PORT to another`
    : `port ${String(error.port)} of ${host} is in use; set PORT to another`;
}

function refuseEnv(problems: readonly string[]): never {
  console.error(
    `The API cannot start:\n${problems.map((problem) => `  - ${problem}`).join("\n")}\n\n${envHelp}`,
  );
  process.exit(exitConfig);
}

/** Tracing is loaded only when it is asked for, and before what it instruments: off, it costs nothing. */
async function start(settings: Settings): Promise<void> {
  const tracing = tracingWanted(process.env) ? await import("./tracing/tracing.ts") : null;
  const tracer = tracing?.startTracing(process.env) ?? null;
  const log = createLogger(settings.logLevel, { lineFields: tracing?.spanFields ?? null });
  const { serve } = await import("./serve.ts");
  const close = await serve(settings, log, { around: tracing?.traced ?? null, tracer });
  // A parent that keeps a channel open has started this process for itself: without it nobody would end it.
  process.once("disconnect", close);
}

async function run(argv: readonly string[]): Promise<void> {
  if (argv.includes("--help")) {
    console.log(envHelp);
    return;
  }
  const parsed = parseEnv(process.env);
  if ("problems" in parsed) refuseEnv(parsed.problems);
  const { settings } = parsed;
  try {
    await start(settings);
  } catch (error) {
    if (error instanceof UnusableSetting) refuseEnv([error.message]);
    console.error(`The API cannot start: ${startFailure(error, settings)}`);
    process.exit(1);
  }
}

await run(process.argv.slice(2));
