import { once } from "node:events";
import { createServer } from "node:net";

// Below every system's range for outgoing connections, which could take a port while its process is down.
const firstPort = 20_000;
const lastPort = 32_000;
const attempts = 50;

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port was found between ${firstPort} and ${lastPort}`);
}

export async function isFree(port: number): Promise<boolean> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
}
