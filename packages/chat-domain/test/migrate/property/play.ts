import { hasWork } from "../../../src/migrate/plan/pending-work.ts";
import {
  liftControl,
  migrateUp,
  type MigrationContext,
  migrationContext,
  type MigrationPlan,
  planMigration,
  rollBack,
  setControl,
} from "../../../src/migrate/index.ts";
import { wholeImage } from "../database-image.ts";
import { dyingDatabase, ProcessDied } from "../dying-database.ts";
import { interruptedDatabase } from "../interrupted-database.ts";
import { checkAlways } from "./always.ts";
import type { Disturbance, History, Step } from "./history.ts";
import { same, Wrong } from "./look.ts";
import { checkMerged, checkPlan, countedChats } from "./merged.ts";
import { checkUndone } from "./undone.ts";
import { type Databases, World } from "./world.ts";
import { begin, write } from "./writes.ts";

const undisturbed: Disturbance = { during: [], dieAfter: null };

/** Plays a history in two empty databases; whatever is not as it must be is thrown. */
export async function play(databases: Databases, { shape, chats, steps }: History): Promise<void> {
  const world = new World(shape, databases);
  await begin(world, chats);
  const end: readonly Step[] = [
    { step: "up", to: "settle", ...undisturbed },
    { step: "rollback", to: "none", ...undisturbed },
  ];
  for (const [at, step] of [...steps, ...end].entries()) {
    try {
      await take(world, step);
    } catch (error) {
      throw new Error(`step ${at}, ${JSON.stringify(step)}: ${String(error)}`, { cause: error });
    }
  }
}

async function take(world: World, step: Step): Promise<void> {
  if (step.step === "write") await write(world, step.write, false);
  else if (step.step === "pause") await pause(world);
  else if (step.step === "up") await up(world, step);
  else if (step.step === "rollback") await rollback(world, step);
  else await bringBack(world, step);
}

function contextOf({ real, model, shape }: World, db = real): MigrationContext {
  const batch = { start: shape.batch, min: 1, max: shape.batch };
  return migrationContext(db, { model, graceMs: 0, batch });
}

/** How a command has ended; `died` where it was killed, which its lease does not outlive. */
async function disturbed(
  world: World,
  { during, dieAfter }: Disturbance,
  command: (ctx: MigrationContext) => Promise<{ readonly outcome: string }>,
): Promise<string> {
  let commands = 0;
  const interrupted = interruptedDatabase(world.real, async () => {
    commands += 1;
    for (const one of during.filter(({ at }) => at === commands)) await write(world, one, true);
  });
  const dying = dyingDatabase(interrupted, dieAfter ?? Infinity, () => {
    throw new ProcessDied();
  });
  try {
    return (await command(contextOf(world, dying.db))).outcome;
  } catch (error) {
    if (!(error instanceof ProcessDied)) throw error;
    await dying.atRest();
    await world.real
      .collection("migrator_locks")
      .updateMany({}, { $set: { owner: "", leaseUntil: new Date(0) } });
    world.isSettled = false;
    return "died";
  }
}

/** A plan that has written nothing. */
async function planned(world: World): Promise<MigrationPlan> {
  const before = await wholeImage(world.real);
  const plan = await planMigration(contextOf(world), { createReferenceIndexes: true });
  same("the database after plan", await wholeImage(world.real), before);
  same("plan's problems", plan.problems, []);
  return plan;
}

async function up(world: World, step: Extract<Step, { readonly step: "up" }>): Promise<void> {
  if (await isRollingBack(world)) return;
  const plan = await planned(world);
  const before = await countedChats(world);
  checkPlan(plan, before);
  const { to } = step;
  const isMerging = !["index", "backfill"].includes(to);
  world.isDrained ||= to === "purge";
  world.hasBegun ||= isMerging;
  const run = (ctx: MigrationContext) =>
    migrateUp(ctx, { to, createReferenceIndexes: true, confirmDrained: true });
  const outcome = await disturbed(world, step, run);
  await checkAlways(world);
  world.isSettled &&= !isMerging;
  if (outcome === "died" || !["settle", "purge"].includes(to)) return;
  if (to === "settle" && isQuiet(step)) checkPending(plan, outcome);
  await settled(world, run);
  await checkMerged(world, contextOf(world), isQuiet(step) ? before : null);
}

function isQuiet({ during, dieAfter }: Disturbance): boolean {
  return during.length === 0 && dieAfter === null;
}

function checkPending({ pending }: MigrationPlan, outcome: string): void {
  if (outcome !== "parked") same("what plan says is pending", pending, outcome !== "nothing-to-do");
}

/** Until there is nothing left to do. */
async function settled(
  world: World,
  run: (ctx: MigrationContext) => Promise<{ readonly outcome: string }>,
): Promise<void> {
  for (let runs = 0; runs < 5; runs += 1) {
    if (!(await hasWork(contextOf(world), "settle"))) return;
    await run(contextOf(world));
  }
  throw new Wrong("up does not come to an end");
}

async function rollback(world: World, step: Extract<Step, { readonly step: "rollback" }>): Promise<void> {
  const outcome = await disturbed(world, step, (ctx) => rollBack(ctx, { to: step.to }));
  await rejoin(world);
  await checkAlways(world);
  world.isSettled &&= step.to === "merge";
  if (outcome !== "died" && step.to === "none") await checkUndone(world);
}

/** With all merges undone, who was brought back alone is one of their people's chats like any other again. */
async function rejoin(world: World): Promise<void> {
  for (const chat of world.chats) {
    if (!world.apart.has(chat.number)) continue;
    const stored = await world.stored(world.real, chat);
    if (stored?.["releasedAt"] === undefined) world.apart.delete(chat.number);
  }
}

async function bringBack(world: World, step: Extract<Step, { readonly step: "bring back" }>): Promise<void> {
  const known = world.chats[step.chat % world.chats.length];
  const state = { $in: ["merged", "settled", "purged"] };
  const merged = await world.real
    .collection("chat_merge_journal")
    .findOne({ _id: { $eq: known?.id }, state } as object);
  if (known === undefined || merged === null) return;
  world.apart.add(known.number);
  const run = (ctx: MigrationContext) => rollBack(ctx, { chat: String(known.id) });
  if ((await disturbed(world, step, run)) === "died") await run(contextOf(world));
  world.isSettled = false;
  await checkAlways(world);
}

/** Who is told to pause stops at the next checkpoint, with everything as it must be. */
async function pause(world: World): Promise<void> {
  if (await isRollingBack(world)) return;
  const ctx = contextOf(world);
  await setControl(ctx, { action: "pause", by: "somebody", reason: "a pause" });
  const { outcome } = await migrateUp(ctx, { createReferenceIndexes: true });
  if (!["paused", "nothing-to-do", "parked"].includes(outcome)) throw new Wrong(`a pause ends as ${outcome}`);
  await liftControl(ctx);
  Object.assign(world, { hasBegun: true, isSettled: false });
  await checkAlways(world);
}

/** A rollback that was stopped is ended first: up refuses to begin. */
async function isRollingBack({ real }: World): Promise<boolean> {
  return (await real.collection("chat_merge_journal").findOne({ state: "rolling-back" })) !== null;
}
