import { recordName } from "../../model/own-names.ts";
import type { Filter } from "mongodb";
import type { NativeId } from "../../identity/native-id.ts";
import { idSet } from "../../identity/stored-ids.ts";
import { uniqueChats } from "../../model/chat-filters.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { park, unclaimable } from "../journal/journal.ts";
import { claimKeys } from "../keys/claim-keys.ts";
import { isKey } from "../keys/chat-validity.ts";
import { nextMisplacedKeys } from "../keys/key-holders.ts";
import { resolvedParked, withoutKey } from "../keys/parked-chats.ts";
import { releaseKeys } from "../keys/release-keys.ts";
import {
  chatsWithIds,
  type IdRange,
  idsBeforeObjectIds,
  lastChat,
  nextChats,
  objectIdsSince,
} from "../keys/scan-chats.ts";
import { bisect } from "../run/bisect.ts";
import type { Run } from "../run/run.ts";

/** Clients mint ObjectIds by their own clocks, so a tail pass looks this far back. */
const clockSkewMs = 15 * 60_000;

/** While an old version makes chats faster than they are found, settle's sweeps get the rest. */
const mostTailPasses = 6;

/** Gives every chat its key, and finds the duplicates: first all chats, then what came meanwhile until nothing does. */
export async function backfillPhase(run: Run): Promise<void> {
  const { ctx } = run;
  await misplacedPass(run);
  const since = new Date(run.resumed?.startedAt.getTime() ?? Date.now());
  if (run.resumed?.lastId !== null) {
    await pass(run, {
      filter: uniqueChats(ctx.model),
      range: {},
      after: run.resumed?.lastId ?? null,
      total: await ctx.chats.countDocuments(uniqueChats(ctx.model)),
      saves: true,
    });
    await run.checkpoint("backfill", { lastId: null });
  }
  const recent = objectIdsSince(new Date(since.getTime() - clockSkewMs));
  for (let quiet = 0, passes = 0; quiet < 2 && passes < mostTailPasses; passes += 1) {
    const found = (await keylessPass(run, idsBeforeObjectIds)) + (await keylessPass(run, recent));
    quiet = found === 0 ? quiet + 1 : 0;
  }
  await forgetSolved(run);
}

/** Takes the keys off chats that `where` does not select, and off tombstones, so that whose they are can have them. */
async function misplacedPass(run: Run): Promise<void> {
  const { ctx, batch } = run;
  for (let after = ""; ;) {
    const position = { after, limit: batch.current() };
    const chats = await run.attempt("backfill", () => nextMisplacedKeys(ctx, position));
    const last = chats.at(-1);
    if (last === undefined) return;
    const ours = chats.filter((chat) => isKey(chat[ctx.model.chats.keyField]));
    await run.attempt("backfill", () => releaseKeys(run, ours));
    await run.attempt("backfill", () => run.checkpoint("backfill", {}));
    after = String(last[ctx.model.chats.keyField]);
  }
}

/** Looks at all chats that have no key, and returns how many changed. */
export function keylessPass(run: Run, range: IdRange = {}): Promise<number> {
  const filter = { $and: [uniqueChats(run.ctx.model), withoutKey(run.ctx.model)] };
  return pass(run, { filter, range, after: null, total: null, saves: false });
}

interface Pass {
  readonly filter: Filter<StoredDocument>;
  readonly range: IdRange;
  readonly after: NativeId | null;
  readonly total: number | null;
  /** Whether the position is kept, to go on from there after a crash. */
  readonly saves: boolean;
}

async function pass(run: Run, { filter, range, after, total, saves }: Pass): Promise<number> {
  const { ctx, batch } = run;
  const end = await run.attempt("backfill", () => lastChat(ctx, { filter, range }));
  if (end === null) return 0;
  const work = async (chats: readonly StoredDocument[]): Promise<number> =>
    claimBatch(run, saves ? chats : await withoutPlanned(run, chats));
  let changed = 0;
  for (let last = after; ;) {
    const started = performance.now();
    const scan = { filter, after: last, limit: batch.current(), range: { ...range, below: end._id } };
    const chats = await run.attempt("backfill", () => nextChats(ctx, scan));
    if (chats.length === 0) break;
    changed += await work(chats);
    const batchMs = performance.now() - started;
    batch.took(batchMs, chats.length);
    last = chats.at(-1)?._id ?? last;
    if (saves) run.count({ scanned: chats.length });
    await run.attempt("backfill", () => run.checkpoint("backfill", saves ? { lastId: last } : {}));
    if (saves) run.progress("backfill", { done: run.counts().scanned, total, batch: chats.length, batchMs });
    // An _id may be null, after which there is no going on.
    if (chats.length < scan.limit) break;
  }
  // The bound of a scan does not belong to it.
  if (saves) run.count({ scanned: 1 });
  return changed + (await work(await run.attempt("backfill", () => chatsWithIds(ctx, [end._id]))));
}

/** Duplicates that wait for their merge have lost their claim already. */
async function withoutPlanned(
  run: Run,
  chats: readonly StoredDocument[],
): Promise<readonly StoredDocument[]> {
  const ids = chats.map(({ _id }) => _id);
  const planned = await run.attempt("backfill", () =>
    run.ctx.records.journal
      .find({ _id: { $in: ids }, state: "planned" }, { projection: { _id: 1 } })
      .toArray(),
  );
  const isPlanned = idSet(planned.map(({ _id }) => _id));
  return chats.filter(({ _id }) => !isPlanned.has(_id));
}

async function claimBatch(run: Run, chats: readonly StoredDocument[]): Promise<number> {
  const changes: number[] = [];
  await bisect(run, chats, {
    phase: "backfill",
    work: async (limited, some) => void changes.push(await claimKeys(limited, some)),
    giveUp: ({ _id }, reason) => park(run, [unclaimable(_id, reason)]),
  });
  return changes.reduce((sum, n) => sum + n, 0);
}

/** Chats that were parked and have been put right since, or are gone, are no longer anybody's concern. */
async function forgetSolved(run: Run): Promise<void> {
  const solved = await run.attempt("backfill", () => resolvedParked(run.ctx));
  await run.write.delete(
    recordName(run.ctx.model, "chat_merge_journal"),
    solved.map((_id) => ({ _id, state: "parked" })),
  );
}
