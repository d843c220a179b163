import { migrateUp, migrationContext } from "@onechat/chat-domain/migrate";
import { domainTarget, httpTarget, ownApi, targetsOpened } from "../faults/fault-targets.ts";
import { seededRandom } from "../speed/seeded-random.ts";
import { auditDatabase } from "../variants/audit-database.ts";
import { prepareDatabase } from "../variants/prepare-database.ts";
import { seedLegacy } from "../variants/seed-legacy.ts";
import type { Manner, SeenOperation } from "../worker/orders.ts";
import { mergeRace as planMergeRace } from "../workloads/merge-race.ts";
import { enter, type Load, performLoads } from "./perform.ts";
import type { Stage } from "./stage.ts";
import type { Target } from "./target.ts";
import { untilAnswered } from "./until-answered.ts";

const manner: Manner = { persistMs: 10_000, pauseMs: 60 };
/** Callers find chats as they were, before the migration begins, and as they have become, after it has ended. */
const around = { leastMs: 300, mostMs: 20_000 };

/**
 * Callers ask for chats from before onechat, by people and by id, while the migration claims and merges them. In a
 * database of its own, because a migration looks at every chat that there is.
 */
export async function mergeRace(stage: Stage, repeat: number): Promise<void> {
  const { settings, ground } = stage;
  const { timeoutMs } = settings;
  const database = ground.databaseOf(`merge${repeat}`);
  const db = ground.admin.db(database);
  await prepareDatabase(db, "ours");
  const overHttp = settings.paths.includes("http");
  const api = overHttp ? await ownApi(stage, { database }) : null;
  await using opened = await targetsOpened(
    stage,
    [
      ...(settings.paths.includes("domain") ? [domainTarget(stage, "ours", { database, timeoutMs })] : []),
      ...(api === null ? [] : [httpTarget(stage, { urls: api.urls, database, timeoutMs })]),
    ],
    api === null ? [] : [api],
  );
  const loads = opened.targets.map((target) => loadOn(stage, target, repeat));
  for (const { target, turn, plan } of loads) {
    await seedLegacy(db, plan.registers);
    enter(stage.observation, target, turn, plan.registers);
  }
  const running = performLoads(stage, loads, manner);
  running.catch(() => undefined);
  try {
    await untilAnswered(stage, opened.targets, around);
    const merged = await migrated(stage, database);
    await untilAnswered(stage, opened.targets, around);
    await recordMerges(stage, database, merged);
  } finally {
    await stage.fleet.stop();
    await running;
  }
}

interface MergeLoad extends Load {
  readonly plan: ReturnType<typeof planMergeRace>;
}

function loadOn({ settings, fleet }: Stage, target: Target, repeat: number): MergeLoad {
  const plan = planMergeRace({
    prefix: `${target.path}-merge-race-${repeat}`,
    callers: settings.callers,
    keys: settings.keys,
    processes: fleet.size,
    random: seededRandom(settings.seed, `merge-race/${target.path}/${repeat}`),
  });
  return { target, turn: { workload: "merge-race", tag: String(repeat) }, plan, wave: plan.waves[0] ?? [] };
}

type Interval = Pick<SeenOperation, "start" | "end">;

async function migrated({ ground, clock, signal }: Stage, database: string): Promise<Interval> {
  const ctx = migrationContext(ground.admin.db(database), { graceMs: 0, batch: { start: 20 } });
  const start = clock.now();
  await migrateUp(ctx, { to: "settle", signal });
  return { start, end: clock.now() };
}

/** When in its run the migration retired which id is not known, so each merge may have been at any time of it. */
async function recordMerges({ ground, observation }: Stage, database: string, when: Interval): Promise<void> {
  const registers = observation.registers().get(database) ?? [];
  const audited = await auditDatabase(ground.admin.db(database), registers);
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
  observation.heard("migrator", merges);
}
