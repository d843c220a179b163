import { once } from "node:events";
import { type CliOptions, parseCli, usage } from "./cli-options.ts";
import { openMongo } from "./open-mongo.ts";

async function serve(options: CliOptions): Promise<void> {
  const stopped = Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
  await using server = await openMongo({
    purpose: "start",
    env: process.env,
    ...options,
    onNotice: (line) => console.error(line),
  });
  console.log(`MONGODB_URI=${server.uri}`);
  // A server elsewhere keeps nothing open here, and the process would end at once.
  const alive = setInterval(() => undefined, 60_000);
  const end = await Promise.race([stopped, server.died]);
  clearInterval(alive);
  if (end instanceof Error) throw end;
}

function parsedOptions(argv: readonly string[]): CliOptions | null {
  try {
    return parseCli(argv);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return null;
  }
}

async function run(argv: readonly string[]): Promise<number> {
  const parsed = parsedOptions(argv);
  if (parsed === null) return 2;
  if (parsed.help) {
    console.log(usage);
    return 0;
  }
  try {
    await serve(parsed);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

process.exitCode = await run(process.argv.slice(2));
