import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Host } from "../host.ts";
import type { Progress } from "../progress.ts";
import { newEpoch, runClock, type RunClock } from "../worker/run-clock.ts";
import { audit } from "./audit.ts";
import { type Ground, openGround, prepareVariants } from "./ground.ts";
import { observation as newObservation, type Observation } from "./observation.ts";
import { openRecorder } from "./recorder.ts";
import type { RunSettings } from "./run-settings.ts";
import { newNotes, type SceneNotes, scenesOf } from "./scene.ts";
import { openStage } from "./stage.ts";

/** What happened, before anybody has judged it. */
export interface RanOnce {
  readonly run: string;
  readonly directory: string;
  readonly historyPath: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly notes: SceneNotes;
  readonly mongo: string;
  /** What the harness itself failed at. */
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
 * @throws NotStarted when there is nothing to run against
 */
export async function runOnce({ settings, host, progress }: RunSetting): Promise<RanOnce> {
  const startedAt = host.now();
  const began = host.clock();
  const run = `${utcName(startedAt)}_${settings.seed}`;
  await using ground = await openGround({ settings, run, env: host.env, onNotice: progress.say });
  await prepareVariants(ground, settings.variants);
  const directory = settings.out ?? join("stress-results", `${utcName(startedAt)}-${settings.seed}`);
  await mkdir(directory, { recursive: true });
  const historyPath = join(directory, "history.ndjson.gz");
  const notes = newNotes();
  const failure = await recorded({ settings, host, progress, ground, notes }, historyPath, {
    version: 1,
    run,
    seed: settings.seed,
    profile: settings.profile,
    startedAt: startedAt.toISOString(),
  });
  if (!settings.keepDb) await ground.dropAll();
  return {
    run,
    directory,
    historyPath,
    startedAt,
    durationMs: host.clock() - began,
    notes,
    mongo: ground.mongo.description,
    failure,
  };
}

interface Recording extends RunSetting {
  readonly ground: Ground;
  readonly notes: SceneNotes;
}

/** Resolves with what went wrong, `null` when nothing did. */
async function recorded(
  recording: Recording,
  historyPath: string,
  header: Parameters<typeof openRecorder>[1],
): Promise<unknown> {
  await using recorder = await openRecorder(historyPath, header);
  const epoch = newEpoch();
  const clock = runClock(epoch);
  const observation = newObservation(recorder);
  recording.progress.follow(recorder.counts);
  const played = await outcomeOf(playAll(recording, observation, { epoch, clock }));
  const audited = await outcomeOf(audit(recording.ground, observation, recorder));
  recorder.end(audited === null);
  return played ?? audited;
}

async function playAll(
  { settings, host, progress, ground, notes }: Recording,
  observation: Observation,
  { epoch, clock }: { readonly epoch: string; readonly clock: RunClock },
): Promise<void> {
  const { signal, env } = host;
  const { scenes, omissions } = scenesOf(settings, ground);
  notes.omissions.push(...omissions);
  progress.begin({ label: "starting processes", index: 0, of: scenes.length });
  await using stage = await openStage({ settings, ground, observation, clock, signal, env, epoch });
  for (const [index, scene] of scenes.entries()) {
    signal.throwIfAborted();
    progress.begin({ label: scene.label, index: index + 1, of: scenes.length });
    await scene.play(stage, notes);
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
