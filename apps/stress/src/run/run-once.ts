import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../host.ts";
import type { HistoryFooter } from "../history/history-line.ts";
import type { Progress } from "./progress.ts";
import { type RunSettings, subjectName } from "../plan/run-settings.ts";
import { UsageError } from "../usage-error.ts";
import { finalAudit } from "./final-audit.ts";
import { type Ground, openGround, prepareVariants } from "./ground.ts";
import { Recorder } from "./recorder.ts";
import { scenesOf } from "./scenes.ts";
import { openStage, refuseTakenPorts, type Stage } from "./stage.ts";
import { messageOf } from "./stopped.ts";

/** What happened, before anybody has judged it. */
export interface RanOnce {
  readonly directory: string;
  readonly historyPath: string;
  readonly durationMs: number;
  /** What was asked for and could not be done, a sentence each. */
  readonly omissions: readonly string[];
  readonly notes: readonly string[];
  readonly mongo: string;
  /** What ended it early; `null` when nothing did. */
  readonly failure: unknown;
}

export interface RunSetting {
  readonly settings: RunSettings;
  readonly host: Host;
  readonly progress: Progress;
}

/**
 * Runs all scenes, and whatever happens in them, audits what can be audited and closes the history.
 *
 * @throws RunStopped when there is nothing to run against
 * @throws UsageError when the directory or the ports cannot be used
 */
export async function runOnce({ settings, host, progress }: RunSetting): Promise<RanOnce> {
  const startedAt = host.now();
  const began = host.clock();
  const run = `${utcName(startedAt)}_${settings.seed}`;
  const directory = settings.out ?? join("stress-results", run.replace("_", "-"));
  const historyPath = join(directory, "history.ndjson.gz");
  await refuseUsedDirectory(directory, historyPath);
  await refuseTakenPorts(settings.port);
  await using ground = await openGround({
    uri: settings.uri,
    keepIn: settings.keepDb ? join(directory, "database") : null,
    run,
    env: host.env,
    onNotice: progress.say,
  });
  progress.say(`database: ${ground.mongo.provider}, ${ground.mongo.description}`);
  const controls = settings.variants.filter((variant) => variant !== "ours");
  const own = settings.subject.kind === "onechat" ? settings.variants : controls;
  const base = settings.against !== null && settings.subject.kind === "onechat" ? (["base"] as const) : [];
  await prepareVariants(ground, [...new Set([...own, ...base, "naive" as const])]);
  await makeDirectory(directory);
  const ended = { omissions: [] as string[], notes: [] as string[] };
  await using recorder = await Recorder.open(historyPath, {
    version: 1,
    run,
    seed: settings.seed,
    profile: settings.profile,
    startedAt: startedAt.toISOString(),
    ...(settings.subject.kind === "onechat" ? {} : { subject: subjectName(settings.subject) }),
  });
  progress.follow(recorder.counts);
  const failure = await outcomeOf(played({ settings, host, progress }, { ground, recorder, run }, ended));
  // A database that is gone has been said to be; there is nothing left to do for it.
  if (!settings.keepDb) await outcomeOf(ground.dropAll());
  await recorder[Symbol.asyncDispose]();
  const durationMs = host.clock() - began;
  return { directory, historyPath, durationMs, ...ended, mongo: ground.mongo.description, failure };
}

interface Opened {
  readonly ground: Ground;
  readonly recorder: Recorder;
  readonly run: string;
}

interface Ended {
  readonly omissions: string[];
  readonly notes: string[];
}

async function played(
  { settings, host, progress }: RunSetting,
  { ground, recorder, run }: Opened,
  ended: Ended,
): Promise<void> {
  let audit: HistoryFooter["audit"] | null = null;
  try {
    progress.begin({ label: "starting processes", index: 0, of: 0 });
    const tag = run.toLowerCase().replace("_", "-");
    await using stage = await openStage({ settings, ground, recorder, host, run: tag });
    try {
      await playAll(stage, progress, ended);
    } finally {
      const audited = await outcomeOf(finalAudit(stage).then((manner) => void (audit = manner)));
      if (audited !== null)
        ended.omissions.push(`what is stored could not be read at the end: ${messageOf(audited)}`);
    }
  } finally {
    recorder.end(audit !== null, audit ?? "database");
  }
}

async function playAll(stage: Stage, progress: Progress, ended: Ended): Promise<void> {
  const { scenes, omissions, notes } = scenesOf(stage);
  ended.omissions.push(...omissions);
  ended.notes.push(...notes);
  for (const [index, scene] of scenes.entries()) {
    stage.host.signal.throwIfAborted();
    progress.begin({ label: scene.label, index: index + 1, of: scenes.length });
    await scene.play(stage);
  }
}

async function outcomeOf(work: Promise<void>): Promise<unknown> {
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

async function refuseUsedDirectory(directory: string, historyPath: string): Promise<void> {
  const isUsed = await access(historyPath).then(
    () => true,
    () => false,
  );
  if (isUsed)
    throw new UsageError([`--out ${directory}: holds the results of a run; name another directory`]);
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : "no reason given";
    throw new UsageError([`--out ${directory}: cannot be made (${why})`]);
  }
}
