import type { MigrationContext } from "../migrate/migration-context.ts";
import { strayTombstones } from "../migrate/merge/stray-tombstones.ts";
import type { Finding } from "./finding.ts";

/** Every tombstone is vouched for by the journal; what the journal knows is checked from there. */
export async function* auditTombstones(
  ctx: MigrationContext,
  tick: (more: number) => void,
): AsyncGenerator<Finding> {
  for await (const strays of strayTombstones(ctx)) {
    for (const { _id } of strays) {
      const message = "a tombstone whose merge is not in the journal";
      yield { code: "JOURNAL_MISSING", message, chat: _id, reference: null };
    }
    tick(strays.length);
  }
}
