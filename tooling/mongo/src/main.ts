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
  await stopped;
}

async function run(argv: readonly string[]): Promise<number> {
  try {
    const options = parseCli(argv);
    if (options.help) console.log(usage);
    else await serve(options);
    return 0;
  } catch (error) {
    const isUsage = error instanceof TypeError;
    console.error(
      `${error instanceof Error ? error.message : String(error)}${isUsage ? `\n\n${usage}` : ""}`,
    );
    return isUsage ? 2 : 1;
  }
}

process.exitCode = await run(process.argv.slice(2));
