import { fileURLToPath } from "node:url";
import { demo } from "./demo.ts";
import { demoHelp, parseDemoOptions } from "./demo-options.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());

try {
  const options = parseDemoOptions(process.argv.slice(2));
  if (options === "help") {
    console.log(demoHelp);
  } else {
    process.exitCode = await demo({
      ...options,
      migratorProgram: fileURLToPath(import.meta.resolve("@onechat/migrator/dist/main.js")),
      env: process.env,
      print: (text) => console.log(text),
      stop: stop.signal,
    });
  }
} catch (error) {
  console.error(`\nThe demonstration failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
