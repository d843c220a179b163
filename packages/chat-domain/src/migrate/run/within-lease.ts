import { MongoServerError } from "mongodb";
import { timeLimitCode } from "../../driver-errors.ts";
import type { Lease, WriteBound } from "./lease.ts";

/** Clocks, or a network, may be such that no write is ever in time. */
const attempts = 5;

/**
 * Does again, under a new lease, what the server has refused because it came too late.
 *
 * @throws MigrationError `LEASE_LOST`
 * @throws MongoServerError as if it had taken too long, when it always comes too late
 */
export async function withinLease(
  lease: Pick<Lease, "bound" | "renew">,
  write: (bound: WriteBound) => Promise<"done" | "too late">,
): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (attempt > 0) await lease.renew();
    if ((await write(await lease.bound())) === "done") return;
  }
  throw new MongoServerError({ code: timeLimitCode, message: "writes arrive later than the lease allows" });
}
