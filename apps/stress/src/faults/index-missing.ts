import type { Stage } from "../run/stage.ts";
import { dropKeyIndex, prepareDatabase } from "../stores/databases.ts";
import { type FaultSetup, faultWays, openTargets, ownApi } from "./fault-targets.ts";

/**
 * The index that decides every race is gone when calls begin, although each process has seen it before: onechat has to
 * refuse until it is back. Not while calls are under way: an insert that was sent before nobody can judge any more.
 */
export async function indexMissing(stage: Stage): Promise<FaultSetup> {
  const database = stage.ground.databaseOf("unindexed");
  const db = stage.ground.admin.db(database);
  await prepareDatabase(db, "ours");
  const api = await ownApi(stage, { database });
  return {
    ...(await openTargets(stage, faultWays(stage, { database, urls: api.urls }), [api])),
    holdMs: 600,
    pauseMs: 120,
    strikesFirst: true,
    inject: () => dropKeyIndex(db),
    heal: () => prepareDatabase(db, "ours"),
  };
}
