// A process that makes calls. Everything comes over the channel to the harness, and ends with it.
import type { NumberedOrder } from "./orders.ts";
import { worker } from "./obey.ts";

const obey = worker((report) => process.send?.(report));
process.on("message", (order: NumberedOrder) => void obey(order));
process.once("disconnect", () => process.exit(0));
