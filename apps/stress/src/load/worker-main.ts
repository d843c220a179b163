// A process that makes calls. Everything comes over the channel to the harness, and ends with it.
import type { NumberedOrder, Report } from "./orders.ts";
import { Worker } from "./worker.ts";

/** Without a harness nobody is interested, and the process is about to end. */
function send(report: Report): void {
  if (process.connected) process.send?.(report, undefined, undefined, () => undefined);
}

const worker = new Worker(send);
process.on("message", (order: NumberedOrder) => void worker.tell(order));
process.once("disconnect", () => process.exit(0));
