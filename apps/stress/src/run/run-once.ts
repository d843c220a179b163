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
import { runPlace } from "./run-place.ts";
import { openStage, refuseTakenPorts } from "./stage.ts";

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
 * @throws UsageError when the directory or the ports cannot be used
 */
export async function runOnce({ settings, host, progress }: RunSetting): Promise<RanOnce> {
  const startedAt = host.now();
  const began = host.clock();
  const run = `${utcName(startedAt)}_${settings.seed}`;
  const place = await runPlace(settings.out ?? join("stress-results", run.replace("_", "-")));
  await refuseTakenPorts(settings.port);
  await using ground = await openGround({
    uri: settings.uri,
    keepIn: settings.keepDb ? join(place.directory, "database") : null,
    run,
    env: host.env,
    onNotice: progress.say,
  });
  await prepareVariants(ground, settings.variants);
  await place.make();
  const notes = newNotes();
  const failure = await recorded({ settings, host, progress, ground, notes }, place.historyPath, {
    version: 1,
    run,
    seed: settings.seed,
    profile: settings.profile,
    startedAt: startedAt.toISOString(),
  });
  // A database that is gone has been said to be; there is nothing left to do for it.
  if (!settings.keepDb) await outcomeOf(ground.dropAll());
  const durationMs = host.clock() - began;
  return { run, ...place, startedAt, durationMs, notes, mongo: ground.mongo.description, failure };
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
  if (audited instanceof Error)
    recording.notes.omissions.push(`the database could not be read at the end: ${audited.message}`);
  return played;
}

async function playAll(
  { settings, host, progress, ground, notes }: Recording,
  observation: Observation,
  { epoch, clock }: { readonly epoch: string; readonly clock: RunClock },
): Promise<void> {
  const { signal, env, measureMachine } = host;
  const { scenes, omissions } = scenesOf(settings, ground);
  notes.omissions.push(...omissions);
  progress.begin({ label: "starting processes", index: 0, of: scenes.length });
  await using stage = await openStage({
    settings,
    ground,
    observation,
    clock,
    signal,
    env,
    measureMachine,
    epoch,
  });
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
