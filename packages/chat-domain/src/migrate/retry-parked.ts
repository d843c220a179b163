import type { Run } from "./run/run.ts";

/** Plans parked merges anew; other parked chats are looked at by every run anyway. */
export async function retryParked(run: Run): Promise<void> {
  const parked = await run.ctx.records.journal
    .find({ state: "parked", survivor: { $ne: null } }, { projection: { _id: 1 } })
    .toArray();
  await run.write.update(
    "chat_merge_journal",
    parked.map(({ _id }) => ({
      q: { _id, state: "parked" },
      u: { $set: { state: "planned" }, $unset: { reason: "", kind: "" } },
    })),
  );
}
