// A process that makes calls. Everything comes over the channel to the harness, and ends with it.
import type { NumberedOrder, Orders, Report } from "./orders.ts";
import { Worker } from "./worker.ts";

/** Without a harness nobody is interested, and the process is about to end. */
function send(report: Report): void {
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
}

const worker: Orders = new Worker((operations) => send({ report: "seen", operations }));

/** Each order has arguments of its own; the compiler cannot see that they belong together. */
async function obey({ number, order, args }: NumberedOrder): Promise<void> {
  try {
    const reply = await (worker[order] as (...given: unknown[]) => Promise<unknown>).apply(worker, args);
    send({ report: "done", number, reply });
  } catch (error) {
    send({ report: "failed", number, message: error instanceof Error ? error.message : String(error) });
  }
}

process.on("message", (order: NumberedOrder) => void obey(order));
process.once("disconnect", () => process.exit(0));
