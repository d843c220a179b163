import { fileURLToPath } from "node:url";
import { quickstart } from "./quickstart.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());

try {
  process.exitCode = await quickstart({
    dataFolder: fileURLToPath(new URL("../../../.onechat", import.meta.url)),
    apiProgram: fileURLToPath(import.meta.resolve("@onechat/api/main")),
    port: Number(process.env["PORT"] ?? 3000),
    env: process.env,
    print: (text) => console.log(text),
    stop: stop.signal,
  });
} catch (error) {
  console.error(`onechat could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
