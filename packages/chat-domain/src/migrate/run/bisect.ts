import { isServerError, isTransient } from "../../errors/mongo-errors.ts";
import { BatchRefused, MigrationError } from "../context/migration-error.ts";
import type { PhaseName } from "../context/migration-event.ts";
import type { Run } from "./run.ts";
import { whyRefused } from "./write-outcome.ts";

export interface HalvedWork<T> {
  readonly phase: PhaseName;
  /** Idempotent. */
  readonly work: (items: readonly T[]) => Promise<void>;
  /** For the one item that makes every batch fail that it is in. */
  readonly giveUp: (item: T, reason: string) => Promise<void>;
}

/**
 * Works on a batch. One that the server refuses as a whole is worked on in halves, down to the document that it is
 * about, which is set aside.
 */
export async function inHalves<T>(run: Run, items: readonly T[], halved: HalvedWork<T>): Promise<void> {
  const { phase, work, giveUp } = halved;
  const reason = await run.attempt(phase, () => refusalOf(() => work(items)));
  if (reason === null) return;
  const [only] = items;
  if (items.length <= 1) {
    if (only !== undefined) await run.attempt(phase, () => giveUp(only, reason));
    return;
  }
  run.ctx.tell({ event: "batch.bisect", phase, size: items.length, reason });
  const middle = Math.ceil(items.length / 2);
  await inHalves(run, items.slice(0, middle), halved);
  await inHalves(run, items.slice(middle), halved);
}

/** Server codes that mean that no other batch would fare better: privileges, stopped or read-only servers. */
const hopelessCodes: ReadonlySet<unknown> = new Set([13, 18, 20, 59, 8_000]);

async function refusalOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof BatchRefused) return error.message;
    if (error instanceof MigrationError || !isServerError(error)) throw error;
    if (isTransient(error) || hopelessCodes.has(error.code)) throw error;
    return whyRefused({ code: error.code });
  }
}
