import type { Stage } from "../run/stage.ts";
import { dropKeyIndex, prepareDatabase } from "../stores/databases.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { domainWay, httpWay, openTargets, ownApis } from "./fault-targets.ts";

/**
 * The index that decides every race is gone when calls begin, although each process has seen it before: onechat has to
 * refuse until it is back. Not while calls are under way: an insert that was sent before nobody can judge any more.
 */
export async function indexMissing(stage: Stage): Promise<FaultSetup> {
  const { settings, ground } = stage;
  const database = ground.databaseOf("unindexed");
  const db = ground.admin.db(database);
  await prepareDatabase(db, "ours");
  const api = settings.paths.includes("http") ? await ownApis(stage, { database }) : null;
  const opened = await openTargets(
    stage,
    [
      ...(settings.paths.includes("domain") ? [domainWay(stage, "ours", { database })] : []),
      ...(api === null ? [] : [httpWay(stage, { urls: api.urls, database })]),
    ],
    api === null ? [] : [api],
  );
  return {
    ...opened,
    holdMs: 600,
    pauseMs: 120,
    strikesFirst: true,
    inject: () => dropKeyIndex(db),
    async heal(healed) {
      await prepareDatabase(db, "ours");
      healed();
    },
  };
}
