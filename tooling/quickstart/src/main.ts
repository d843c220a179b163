import { fileURLToPath } from "node:url";
import { quickstart } from "./quickstart.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => stop.abort());

function portFrom(text = ""): number {
  if (text === "") return 3000;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new RangeError(`PORT is a number from 1 to 65535, not ${text}`);
}

try {
  process.exitCode = await quickstart({
    dataFolder: fileURLToPath(new URL("../../../.onechat", import.meta.url)),
    apiProgram: fileURLToPath(import.meta.resolve("@onechat/api/main")),
    port: portFrom(process.env["PORT"]),
    env: process.env,
    print: (text) => console.log(text),
    stop: stop.signal,
  });
} catch (error) {
  console.error(`onechat could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
