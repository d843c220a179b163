import { mergedIntoField, type StoredDocument } from "../chat-document.ts";
import { idMap } from "../migrate/merge/id-map.ts";
import type { MigrationContext } from "../migrate/migration-context.ts";
import { nextChats } from "../migrate/keys/scan-chats.ts";
import type { NativeId } from "../native-id.ts";
import type { Finding } from "./finding.ts";

const batch = 2_000;

/** Every tombstone is known to the journal; what the journal knows is checked from there. */
export async function* auditTombstones(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  const filter = { [mergedIntoField]: { $ne: null } };
  for (let after: NativeId | null = null; ;) {
    const tombstones: readonly StoredDocument[] = await nextChats(ctx, { filter, after, limit: batch });
    const last = tombstones.at(-1);
    if (last === undefined) return;
    const entries = await ctx.records.journal
      .find({ _id: { $in: tombstones.map(({ _id }) => _id) } }, { projection: { _id: 1 } })
      .toArray();
    const known = idMap(entries.map(({ _id }) => [_id, true] as const));
    for (const { _id } of tombstones) {
      if (known.has(_id)) continue;
      yield {
        code: "JOURNAL_MISSING",
        message: "a tombstone that the journal does not know",
        chat: _id,
        reference: null,
      };
    }
    tick(tombstones.length);
    after = last._id;
  }
}
