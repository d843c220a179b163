import { majorityWrite } from "../../store/majority.ts";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Document } from "mongodb";
import { duplicateKeyCode, isServerError } from "../../errors/mongo-errors.ts";
import type { MigrationContext } from "../context/migration-context.ts";
import { MigrationError } from "../context/migration-error.ts";
import type { LockControl, LockRecord } from "../context/migration-records.ts";
import { retryTransient } from "../context/retry-transient.ts";
import { patiently } from "../context/with-migration-errors.ts";
import type { WriteBound } from "./write-statements.ts";

/** The right to write, as long as it is renewed. Decided by the server's clock; judged locally by a monotonic one. */
export interface Lease extends AsyncDisposable {
  readonly fence: number;
  /** The runner before this one did not give its lease back: it may have been stopped in the middle of a write. */
  readonly takenOver: boolean;
  /** Whether another runner held it, and was waited for. */
  readonly waited: boolean;
  /**
   * For every write. A lease that has run out while the database was away is renewed, if nobody has taken it.
   *
   * @throws MigrationError `LEASE_LOST`
   */
  bound(): Promise<WriteBound>;
  /**
   * Makes it last as long as a new one.
   *
   * @throws MigrationError `LEASE_LOST`
   */
  renew(): Promise<void>;
  /**
   * Asks the server whether this runner still holds the lease, and what an operator wants of it.
   *
   * @throws MigrationError `LEASE_LOST`
   */
  confirm(): Promise<LockControl | null>;
}

export interface AcquireOptions {
  readonly command: string;
  readonly onLocked: "fail" | "wait";
  readonly signal: AbortSignal;
}

const released = new Date(0);

/** How long giving it back is tried, in milliseconds: whoever comes next waits for its end otherwise. */
const releaseMs = 5_000;
const nobodyTold = (): void => undefined;

/** The lock while nobody holds it. */
export const freeLock = {
  owner: "",
  host: "",
  pid: 0,
  command: "",
  fence: 0,
  leaseUntil: released,
  heartbeatAt: released,
} as const;

/**
 * @throws MigrationError `LOCKED` when another runner holds it and `onLocked` is `fail`, or the signal ends the wait
 */
export async function acquireLease(ctx: MigrationContext, options: AcquireOptions): Promise<Lease> {
  await patiently(ctx, () => ensureLock(ctx));
  const owner = randomUUID();
  for (let told = false; ; told = true) {
    const before = await patiently(ctx, () => takeOver(ctx, owner, options.command));
    if (before !== null) return heldLease(ctx, { owner, before, waited: told });
    const holder = await patiently(ctx, () => lockHolder(ctx));
    if (options.onLocked === "fail" || options.signal.aborted) throw locked(holder);
    if (!told) ctx.emit({ event: "lock.waiting", holder });
    await sleep(200 + Math.random() * Math.min(1_000, ctx.leaseMs / 4));
  }
}

/** Who holds the lock, for people. */
export async function lockHolder(ctx: MigrationContext): Promise<string> {
  const lock = await ctx.records.locks.findOne({ _id: ctx.model.chats.collection });
  if (lock === null || lock.leaseUntil.getTime() === 0) return "nobody";
  return `${lock.command} on ${lock.host}, process ${lock.pid}, last heard of at ${lock.heartbeatAt.toISOString()}`;
}

function locked(holder: string): MigrationError {
  return new MigrationError(
    "LOCKED",
    `another runner is at work (${holder}); wait for it, or pass --on-locked wait`,
  );
}

/** Inserted apart from being taken: an upsert may not compare with the server's clock. */
async function ensureLock(ctx: MigrationContext): Promise<void> {
  try {
    await ctx.records.locks.updateOne(
      { _id: ctx.model.chats.collection },
      { $setOnInsert: freeLock },
      { upsert: true, ...majority },
    );
  } catch (error) {
    if (!(isServerError(error) && error.code === duplicateKeyCode)) throw error;
  }
}

const majority = { writeConcern: majorityWrite } as const;
const prolonging = { ...majority, returnDocument: "after", projection: { leaseUntil: 1 } } as const;

function prolonged({ leaseMs }: MigrationContext): Readonly<Document> {
  return { leaseUntil: { $add: ["$$NOW", leaseMs] }, heartbeatAt: "$$NOW" };
}

/** The lock as it was before, or `null` while somebody else holds it: an answer that was lost may have given it to us. */
function takeOver(ctx: MigrationContext, owner: string, command: string): Promise<LockRecord | null> {
  return ctx.records.locks.findOneAndUpdate(
    {
      _id: ctx.model.chats.collection,
      $expr: { $or: [{ $eq: ["$owner", owner] }, { $lt: ["$leaseUntil", "$$NOW"] }] },
    },
    [
      {
        $set: {
          owner,
          host: ctx.host,
          pid: process.pid,
          command,
          fence: { $add: ["$fence", 1] },
          ...prolonged(ctx),
        },
      },
    ],
    { returnDocument: "before", ...majority },
  );
}

interface Held {
  readonly owner: string;
  readonly before: LockRecord;
  readonly waited: boolean;
}

function heldLease(ctx: MigrationContext, { owner, before, waited }: Held): Lease {
  const { locks } = ctx.records;
  const mine = { _id: ctx.model.chats.collection, owner };
  const margin = Math.min(5_000, ctx.leaseMs / 6);
  // The first write renews it, and so learns when it ends.
  let term = { deadline: 0, until: released };
  let lost = false;
  const remaining = (): number => Math.floor(term.deadline - performance.now());
  const renew = async (): Promise<void> => {
    const asked = performance.now();
    // Whoever takes over becomes the owner, so this finds nothing once somebody has.
    const lock = await locks.findOneAndUpdate(mine, [{ $set: prolonged(ctx) }], prolonging);
    if (lock === null) lost = true;
    // The server may have begun counting when the request was sent, so the local deadline counts from there.
    const deadline = asked + ctx.leaseMs - margin;
    if (lock !== null && deadline > term.deadline) term = { deadline, until: lock.leaseUntil };
    if (lost) throw leaseLost();
  };
  // A heartbeat that does not get through is followed by another; the deadline decides.
  const heartbeat = setInterval(() => void renew().catch(() => undefined), ctx.leaseMs / 3);
  return {
    fence: before.fence + 1,
    takenOver: before.leaseUntil.getTime() !== 0,
    waited,
    async bound() {
      if (!lost && remaining() < 1) await renew();
      const maxTimeMS = remaining();
      if (lost || maxTimeMS < 1) throw leaseLost();
      // Half of the margin is for the way to the server, half for one that stops a write a little late.
      return { beginBefore: new Date(term.until.getTime() - maxTimeMS - margin / 2), maxTimeMS };
    },
    renew,
    async confirm() {
      const lock = await locks.findOne(mine);
      lost ||= lock === null;
      if (lock === null) throw leaseLost();
      return lock.control ?? null;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(heartbeat);
      if (lost) return;
      // Without an owner: a heartbeat that is still on its way must not find it.
      const release = { $set: { owner: "", leaseUntil: released } };
      await retryTransient(Math.min(releaseMs, ctx.leaseMs))
        .attempt(() => locks.updateOne(mine, release, majority), nobodyTold)
        .catch(() => undefined);
    },
  };
}

function leaseLost(): MigrationError {
  return new MigrationError(
    "LEASE_LOST",
    "the lease was lost: another runner may have taken over; this one has stopped",
  );
}
