import { once } from "node:events";
import { createServer } from "node:net";

/** Asked first: whatever listens there already might be taken for the API that was just started. */
export async function refuseTakenPort(port: number): Promise<void> {
  const probe = createServer().listen(port, "127.0.0.1");
  try {
    await once(probe, "listening");
  } catch (cause) {
    throw new Error(`port ${port} is in use; choose another: PORT=${port + 1} npm start`, { cause });
  }
  probe.close();
  await once(probe, "close");
}
