import { duplicateKeyCode } from "../../errors/mongo-errors.ts";
import type { NativeId } from "../../identity/native-id.ts";
import { type IdMap, idMap, idSet } from "../../identity/stored-ids.ts";
import { ownField } from "../../model/own-names.ts";
import type { StoredDocument } from "../../model/stored-document.ts";
import { type Release, releases } from "../../release/release-drifted.ts";
import { park, unclaimable } from "../journal/journal.ts";
import { saveKeyBatch, saveOriginalKeys, saveUnkeyed } from "../journal/originals.ts";
import type { Run } from "../run/run.ts";
import { refusalReason } from "../run/write-outcome.ts";
import { chatsWithIds } from "./scan-chats.ts";

/** A chat that is to lose its key, and the writes to try, one after the other until one has an effect. */
interface Drifted {
  readonly chat: StoredDocument;
  readonly key: string;
  readonly writes: readonly Release[];
}

/**
 * Takes the keys off chats that are no longer the chats of those whose keys they hold; where the key of their present
 * people is free, they take that one. Remembers the key for a rollback, unless the migration itself has set it. One that
 * a validator lets nobody take is parked with its key. Returns the chats as they are now.
 */
export async function releaseKeys(
  run: Run,
  drifted: readonly StoredDocument[],
): Promise<readonly StoredDocument[]> {
  const { model } = run.ctx;
  return takeKeys(
    run,
    drifted.map((chat) => {
      const key = String(chat[model.chats.keyField]);
      return { chat, key, writes: releases(model, key, chat) };
    }),
  );
}

/** Takes the keys off chats whatever they are: of several holders of one key all but one lose it. */
export async function dropKeys(
  run: Run,
  chats: readonly StoredDocument[],
): Promise<readonly StoredDocument[]> {
  const { keyField } = run.ctx.model.chats;
  const unkeyed = { [ownField(run.ctx.model, "unkeyedAt")]: run.ctx.now() };
  return takeKeys(
    run,
    chats.map((chat) => {
      const key = String(chat[keyField]);
      const filter = { _id: chat._id, [keyField]: key };
      const unset = { $unset: { [keyField]: "" } };
      const writes = [
        { filter, update: unset },
        { filter, update: { ...unset, $set: unkeyed } },
      ];
      return { chat, key, writes };
    }),
  );
}

async function takeKeys(run: Run, drifted: readonly Drifted[]): Promise<readonly StoredDocument[]> {
  if (drifted.length === 0) return [];
  const ids = drifted.map(({ chat }) => chat._id);
  await saveOriginalKeys(run, await withoutOurs(run, ids));
  await saveKeyBatch(run, ids);
  let open = drifted;
  let reasons: IdMap<string> = idMap([]);
  for (let round = 0; open.some(({ writes }) => round < writes.length); round += 1) {
    reasons = await tryRound(run, open, round);
    open = await stillHolding(run, open);
  }
  await parkHolding(run, open, reasons);
  const now = await chatsWithIds(run.ctx, ids);
  tellReleased(run, drifted, now);
  return now;
}

/** Why the server has refused which chat its write, other than that the key of its present people is held. */
async function tryRound(run: Run, open: readonly Drifted[], round: number): Promise<IdMap<string>> {
  const tries = open.flatMap(({ chat, writes }) => {
    const write = writes[round];
    return write === undefined ? [] : [{ chat, write }];
  });
  const unkeyedAt = ownField(run.ctx.model, "unkeyedAt");
  const marked = tries.filter(({ write }) => unkeyedAt in (write.update["$set"] ?? {}));
  await saveUnkeyed(
    run,
    marked.map(({ chat }) => chat._id),
  );
  const { refusals } = await run.write.update(
    run.ctx.model.chats.collection,
    tries.map(({ write }) => ({ q: write.filter, u: write.update })),
  );
  return idMap(
    refusals
      .filter(({ code }) => code !== duplicateKeyCode)
      .flatMap((refusal) => {
        const chat = tries[refusal.index]?.chat;
        return chat === undefined ? [] : [[chat._id, refusalReason(refusal)] as const];
      }),
  );
}

async function stillHolding(run: Run, open: readonly Drifted[]): Promise<readonly Drifted[]> {
  const keys = keysById(
    run,
    await chatsWithIds(
      run.ctx,
      open.map(({ chat }) => chat._id),
    ),
  );
  return open.filter(({ chat, key }) => keys.get(chat._id) === key);
}

/** What the last write was refused for stands in the way; where nothing was refused, somebody was faster. */
async function parkHolding(run: Run, open: readonly Drifted[], reasons: IdMap<string>): Promise<void> {
  await park(
    run,
    open.flatMap(({ chat }) => {
      const why = reasons.get(chat._id);
      if (why === undefined) return [];
      return [unclaimable(chat._id, `it holds a key that is not its own, and cannot lose it: ${why}`)];
    }),
  );
}

function tellReleased(run: Run, drifted: readonly Drifted[], now: readonly StoredDocument[]): void {
  const keys = keysById(run, now);
  const present = idSet(now.map(({ _id }) => _id));
  const changed = drifted.filter(({ chat, key }) => present.has(chat._id) && keys.get(chat._id) !== key);
  const rekeyed = changed.filter(({ chat }) => keys.get(chat._id) !== undefined).length;
  run.count({ rekeyed, released: changed.length - rekeyed });
}

function keysById({ ctx }: Run, chats: readonly StoredDocument[]): IdMap<unknown> {
  return idMap(chats.map((chat) => [chat._id, chat[ctx.model.chats.keyField]] as const));
}

/** A key that the migration itself has set is nothing to go back to. */
async function withoutOurs(run: Run, ids: readonly NativeId[]): Promise<readonly NativeId[]> {
  const batches = await run.ctx.records.keyBatches.find({ ids: { $in: [...ids] } }).toArray();
  const isOurs = idMap(batches.flatMap((batch) => batch.ids.map((id) => [id, true] as const)));
  return ids.filter((id) => !isOurs.has(id));
}
