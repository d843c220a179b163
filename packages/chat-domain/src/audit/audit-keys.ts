import type { NativeId } from "../identity/native-id.ts";
import { idMap, idSet } from "../identity/stored-ids.ts";
import type { MigrationContext } from "../migrate/context/migration-context.ts";
import { type KeyFault, keyFaultOf } from "../migrate/keys/chat-validity.ts";
import { nextMisplacedKeys } from "../migrate/keys/key-holders.ts";
import { chatBatches } from "../migrate/keys/scan-chats.ts";
import { uniqueChats } from "../model/chat-filters.ts";
import { type StoredDocument } from "../model/stored-document.ts";
import type { Finding, FindingCode } from "./finding.ts";

const batch = 2_000;

/**
 * Every live chat that is unique by its participants has the key of its participants, unless it was released; no other
 * chat has one.
 */
export async function* auditKeys(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  yield* auditUniqueChats(ctx, tick);
  yield* auditMisplacedKeys(ctx, tick);
}

async function* auditUniqueChats(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  const filter = uniqueChats(ctx.model);
  for await (const chats of chatBatches(ctx, { filter, limit: batch })) {
    const wrong = chats.flatMap((chat) => {
      const fault = keyFaultOf(ctx.model, chat);
      return fault === null ? [] : [{ chat, fault }];
    });
    const parked = await parkedAmong(
      ctx,
      wrong.map(({ chat }) => chat),
    );
    for (const { chat, fault } of wrong) {
      // What is parked is a finding of its own; a key in the wrong hands is one all the same.
      if (!parked.has(chat._id) || fault === "drifted") yield keyFinding(fault, chat);
    }
    tick(chats.length);
  }
}

async function* auditMisplacedKeys(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  for (let after = ""; ;) {
    const chats: readonly StoredDocument[] = await nextMisplacedKeys(ctx, { after, limit: batch });
    const last = chats.at(-1);
    if (last === undefined) return;
    yield* chats.map((chat) => keyFinding("misplaced", chat));
    tick(chats.length);
    after = String(last[ctx.model.chats.keyField]);
  }
}

async function parkedAmong(
  ctx: MigrationContext,
  chats: readonly StoredDocument[],
): Promise<{ has(id: NativeId): boolean }> {
  if (chats.length === 0) return idMap([]);
  const ids = chats.map(({ _id }) => _id);
  const entries = await ctx.records.journal.find({ _id: { $in: ids }, state: "parked" }).toArray();
  return idSet(entries.map(({ _id }) => _id));
}

const findings: Readonly<Record<KeyFault | "misplaced", { code: FindingCode; message: string }>> = {
  keyless: { code: "KEYLESS_CHAT", message: "a live chat has no key: migrator up gives it one" },
  drifted: {
    code: "WRONG_KEY",
    message: "a live chat has a key that is not that of its participants: migrator up takes it off",
  },
  foreign: {
    code: "WRONG_KEY",
    message: "a live chat holds a value in the key's field that is no key of onechat's: see chats.keyField",
  },
  misplaced: {
    code: "MISPLACED_KEY",
    message: "a chat that is unique by its participants no longer holds a key: migrator up takes it off",
  },
};

function keyFinding(fault: KeyFault | "misplaced", { _id }: StoredDocument): Finding {
  return { ...findings[fault], chat: _id, reference: null };
}
