import { once } from "node:events";
import { createServer } from "node:net";

/** A port of 127.0.0.1 for a program that has to be told one; none that an outgoing connection can take before it is used. */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000);
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return freePort();
  }
  await new Promise((resolve) => server.close(resolve));
  return port;
}
