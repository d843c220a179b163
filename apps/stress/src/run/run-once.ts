import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { MongoServer } from "@onechat/mongo";
import type { Variant } from "../history/operation.ts";
import type { Host } from "../host.ts";
import { type RunSettings, subjectName } from "../plan/run-settings.ts";
import { UsageError } from "../usage-error.ts";
import { type AuditManner, finalAudit } from "./final-audit.ts";
import { openGround, prepareVariants } from "./ground.ts";
import type { Progress } from "./progress.ts";
import { Recorder } from "./recorder.ts";
import { scenesOf } from "./scenes.ts";
import { openStage, refuseTakenPorts, type StageSetting } from "./stage.ts";
import { messageOf, type Shortcomings } from "./stopped.ts";

/** What happened, before anybody has judged it. */
export interface RanOnce extends Shortcomings {
  readonly directory: string;
  readonly historyPath: string;
  readonly durationMs: number;
  readonly mongo: Pick<MongoServer, "provider" | "description">;
  /** What ended it early; `null` when nothing did. */
  readonly failure: unknown;
}

/**
 * Runs all scenes, and whatever happens in them, audits what can be audited and closes the history.
 *
 * @throws RunStopped when there is nothing to run against
 * @throws UsageError when the directory or the ports cannot be used
 */
export async function runOnce(settings: RunSettings, host: Host, progress: Progress): Promise<RanOnce> {
  const { seed, profile, subject, keepDb } = settings;
  const startedAt = host.now();
  const began = host.clock();
  const run = `${utcName(startedAt)}_${seed}`;
  const directory = settings.out ?? join("stress-results", run.replace("_", "-"));
  const historyPath = join(directory, "history.ndjson.gz");
  if (existsSync(historyPath))
    throw new UsageError([`--out ${directory}: holds the results of a run; name another directory`]);
  await refuseTakenPorts(settings.port);
  await using ground = await openGround({
    uri: settings.uri,
    keepIn: keepDb ? join(directory, "database") : null,
    run,
    env: host.env,
    onNotice: progress.say,
  });
  await prepareVariants(ground, ownVariants(settings));
  await makeDirectory(directory);
  await using recorder = await Recorder.open(historyPath, {
    version: 1,
    run,
    seed,
    profile,
    startedAt: startedAt.toISOString(),
    ...(subject.kind === "onechat" ? {} : { subject: subjectName(subject) }),
  });
  progress.follow(recorder.counts);
  const omissions: string[] = [];
  const notes: string[] = [];
  const tag = run.toLowerCase().replace("_", "-");
  const setting = { settings, ground, recorder, host, run: tag };
  const failure = await failureOf(played(setting, progress, omissions, notes));
  // A database that is gone has been said to be; there is nothing left to do for it.
  if (!keepDb) await failureOf(ground.dropAll());
  await recorder[Symbol.asyncDispose]();
  const durationMs = host.clock() - began;
  return { directory, historyPath, durationMs, omissions, notes, mongo: ground.mongo, failure };
}

/** Those that have databases here; without the naive one nobody would know what the run could have seen. */
function ownVariants({ variants, subject, against }: RunSettings): ReadonlySet<Variant> {
  const isOurs = subject.kind === "onechat";
  const controls = variants.filter((variant) => isOurs || variant !== "ours");
  return new Set([...controls, ...(isOurs && against !== null ? (["base"] as const) : []), "naive"]);
}

async function played(
  setting: StageSetting,
  progress: Progress,
  omissions: string[],
  notes: string[],
): Promise<void> {
  let audit: AuditManner | null = null;
  try {
    progress.begin({ label: "starting processes", index: 0, of: 0 });
    await using stage = await openStage(setting);
    try {
      const { scenes, ...others } = scenesOf(stage);
      omissions.push(...others.omissions);
      notes.push(...others.notes);
      for (const [index, scene] of scenes.entries()) {
        stage.host.signal.throwIfAborted();
        progress.begin({ label: scene.label, index: index + 1, of: scenes.length });
        await scene.play();
      }
    } finally {
      const failure = await failureOf(finalAudit(stage).then((manner) => void (audit = manner)));
      if (failure !== null)
        omissions.push(`what is stored could not be read at the end: ${messageOf(failure)}`);
    }
  } finally {
    setting.recorder.end(audit !== null, audit ?? "database");
  }
}

async function failureOf(work: Promise<void>): Promise<unknown> {
  try {
    await work;
    return null;
  } catch (error) {
    return error;
  }
}

/** `20260131T093000Z`: sorts by time and is a file name everywhere. */
function utcName(date: Date): string {
  return `${date.toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
    throw new UsageError([`--out ${directory}: cannot be made (${why})`]);
  }
}
