import { migrateUp, migrationContext } from "@onechat/chat-domain/migrate";
import { openTargets, ownApis } from "../faults/fault-targets.ts";
import type { Manner, SeenOperation } from "../load/orders.ts";
import { planWorkload } from "../plan/workloads.ts";
import { auditDatabase } from "../stores/audit-database.ts";
import { prepareDatabase } from "../stores/databases.ts";
import { enter, performLoads, suited } from "./perform.ts";
import { apiWay, insideWay, shapeOf, type Stage } from "./stage.ts";
import type { Target, Turn } from "./target.ts";
import { untilAnswered } from "./until-answered.ts";

const manner: Manner = { persistMs: 10_000, pauseMs: 60 };
/** Callers find chats as they were, before the migration begins, and as they have become, after it has ended. */
const around = { leastMs: 300, mostMs: 20_000 };

/**
 * Callers ask for chats from before onechat, by people and by id, while the migration claims and merges them. In a
 * database of its own, because a migration looks at every chat that there is.
 */
export async function mergeRace(stage: Stage, repeat: number): Promise<void> {
  const { settings, ground, fleet } = stage;
  const database = ground.databaseOf(`merge${repeat}`);
  await prepareDatabase(ground.admin.db(database), "ours");
  const apis = settings.paths.includes("http") ? await ownApis(stage, { database }) : null;
  const service = { urls: apis?.urls ?? [], tokens: stage.tokens };
  const ways = [
    ...(settings.paths.includes("domain") ? [insideWay(stage, "ours", { database })] : []),
    ...(apis === null ? [] : [apiWay(stage, service, "http", { database })]),
  ];
  await using opened = await openTargets(stage, ways, apis === null ? [] : [apis]);
  const turn: Turn = { workload: "merge-race", tag: String(repeat) };
  const loads = [];
  for (const target of opened.targets) {
    const plan = await suited(
      stage,
      planWorkload("merge-race", shapeOf(stage, `${target.path}-merge-race-${repeat}`)),
      target,
    );
    enter(stage, target, turn, plan.registers);
    loads.push({ target, turn, wave: plan.waves[0] ?? [] });
  }
  const running = performLoads(stage, loads, manner);
  running.catch(() => undefined);
  try {
    await untilAnswered(stage, opened.targets, around);
    const merged = await migrated(stage, database);
    await untilAnswered(stage, opened.targets, around);
    await recordMerges(stage, opened.targets, merged);
  } finally {
    await fleet.stop();
    await running;
  }
}

type Interval = Pick<SeenOperation, "start" | "end">;

async function migrated({ ground, clock, host }: Stage, database: string): Promise<Interval> {
  const ctx = migrationContext(ground.admin.db(database), { graceMs: 0, batch: { start: 20 } });
  const start = clock.now();
  await migrateUp(ctx, { to: "settle", signal: host.signal });
  return { start, end: clock.now() };
}

/** When in its run the migration retired which id is not known, so each merge may have been at any time of it. */
async function recordMerges(
  { ground, recorder }: Stage,
  targets: readonly Target[],
  when: Interval,
): Promise<void> {
  for (const target of targets) {
    const registers = recorder.registers().get(target) ?? [];
    const audited = await auditDatabase(ground.admin.db(target.database ?? ""), registers);
    const merges = audited.flatMap(({ key, redirects }) =>
      redirects.map(({ id, to }): SeenOperation => ({
        key,
        kind: "merge",
        intended: null,
        ...when,
        outcome: to === null ? "unknown" : "ok",
        id: to,
        created: null,
        asked: id,
        error: null,
      })),
    );
    recorder.heard("migrator", merges);
  }
}
