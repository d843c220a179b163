import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "mongodb";
import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import type { MigrationContext } from "../context/migration-context.ts";

interface Member {
  readonly stateStr: string;
  readonly optimeDate: Date;
}

const checkEveryMs = 5_000;

/**
 * How far the slowest secondary is behind its primary, in milliseconds; `null` where the server does not say: it has no
 * replicas, or the user may not ask (`replSetGetStatus` needs the role clusterMonitor).
 */
export function replicationLag(db: Db): () => Promise<number | null> {
  const admin = db.admin();
  let known: number | null = null;
  let askAgain = 0;
  return async () => {
    if (performance.now() < askAgain && (known ?? 0) === 0) return known;
    try {
      const { members } = (await admin.command({ replSetGetStatus: 1 })) as {
        readonly members: readonly Member[];
      };
      known = lagOf(members);
      askAgain = performance.now() + checkEveryMs;
    } catch (error) {
      if (!isServerError(error) || isTransient(error)) throw error;
      askAgain = Number.POSITIVE_INFINITY;
    }
    return known;
  };
}

export function lagOf(members: readonly Member[]): number | null {
  const primary = members.find(({ stateStr }) => stateStr === "PRIMARY");
  if (primary === undefined) return null;
  const behind = members
    .filter(({ stateStr }) => stateStr === "SECONDARY")
    .map(({ optimeDate }) => primary.optimeDate.getTime() - optimeDate.getTime());
  return behind.length === 0 ? 0 : Math.max(0, ...behind);
}

/** Holds a run back while the replicas do not keep up. */
export async function waitForReplicas(
  ctx: MigrationContext,
  lag: () => Promise<number | null>,
  mayGoOn: () => Promise<void>,
): Promise<void> {
  for (let throttled = false; ; throttled = true) {
    const behind = await lag();
    if (behind === null || behind <= ctx.maxLagMs) {
      if (throttled) ctx.emit({ event: "throttle.off", reason: lagText(behind ?? 0) });
      return;
    }
    if (!throttled) ctx.emit({ event: "throttle.on", reason: lagText(behind) });
    await sleep(1_000);
    await mayGoOn();
  }
}

function lagText(ms: number): string {
  return `replicas are ${(ms / 1_000).toFixed(1)} s behind`;
}
