import { migrateUp, migrationContext } from "@onechat/chat-domain/migrate";
import { openTargets, ownApi } from "../faults/fault-targets.ts";
import type { Manner, SeenOperation } from "../load/orders.ts";
import { planWorkload } from "../plan/workloads.ts";
import { auditDatabase } from "../stores/audit-database.ts";
import { prepareDatabase } from "../stores/databases.ts";
import { enter, type Load, performLoads, suited } from "./perform.ts";
import { shapeOf, type Stage } from "./stage.ts";
import { untilAnswered } from "./until-answered.ts";
import { type Turn, wayTo } from "./ways.ts";

const manner: Manner = { persistMs: 10_000, pauseMs: 60 };
/** Callers find chats as they were, before the migration begins, and as they have become, after it has ended. */
const around = { leastMs: 300, mostMs: 20_000 };

/**
 * Callers ask for chats from before onechat, by people and by id, while the migration claims and merges them. In a
 * database of its own, because a migration looks at every chat that there is.
 */
export async function mergeRace(stage: Stage, repeat: number): Promise<void> {
  const { settings, ground, fleet, clock, host } = stage;
  const database = ground.databaseOf(`merge${repeat}`);
  const db = ground.admin.db(database);
  await prepareDatabase(db, "ours");
  const api = await ownApi(stage, { database });
  const paths = settings.paths.filter((path) => path !== "http-batch");
  const ways = paths.map((path) => wayTo(stage, "ours", path, { database, urls: api.urls }));
  await using opened = await openTargets(stage, ways, [api]);
  const turn: Turn = { workload: "merge-race", tag: String(repeat) };
  const loads: Load[] = [];
  for (const target of opened.targets) {
    const shape = shapeOf(stage, target, `merge-race-${repeat}`);
    const plan = await suited(stage, planWorkload("merge-race", shape), target);
    enter(stage, target, turn, plan.registers);
    loads.push({ target, turn, wave: plan.waves[0] ?? [] });
  }
  const running = performLoads(stage, loads, manner);
  running.catch(() => undefined);
  try {
    await untilAnswered(stage, opened.targets, around);
    const start = clock.now();
    const migration = migrationContext(db, { graceMs: 0, batch: { start: 20 } });
    await migrateUp(migration, { to: "settle", signal: host.signal });
    const end = clock.now();
    await untilAnswered(stage, opened.targets, around);
    await recordMerges(stage, database, { start, end });
  } finally {
    await fleet.stop();
    await running;
  }
}

/** When in its run the migration retired which id is not known, so each merge may have been at any time of it. */
async function recordMerges(
  { ground, recorder }: Stage,
  database: string,
  when: Pick<SeenOperation, "start" | "end">,
): Promise<void> {
  const entered = [...recorder.registers()].filter(([target]) => target.database === database);
  const audited = await auditDatabase(
    ground.admin.db(database),
    entered.flatMap(([, registers]) => registers),
  );
  const merges = audited.flatMap(({ key, redirects }) =>
    redirects.map(({ id: asked, to: id }): SeenOperation => {
      const answer = { outcome: id === null ? "unknown" : "ok", id, created: null, error: null } as const;
      return { key, kind: "merge", asked, intended: null, ...when, ...answer };
    }),
  );
  recorder.heard("migrator", merges);
}
