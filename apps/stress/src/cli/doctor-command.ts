import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import { usualVariants } from "../plan/profiles.ts";
import { RunFlags } from "../plan/run-flags.ts";
import { runSettings } from "../plan/run-settings.ts";
import { hostsOf, openGround, prepareVariants } from "../run/ground.ts";
import { Recorder } from "../run/recorder.ts";
import { openStage } from "../run/stage.ts";
import { RunStopped } from "../run/stopped.ts";
import { parsed } from "./given.ts";
import type { Given } from "./program.ts";

/** Opens everything that a run would open, in the same order, and calls nothing. */
export async function doctorCommand(given: Given, host: Host): Promise<ExitName> {
  const say = (what: string, text: string): void => host.out(`${what.padEnd(18)}  ${text}\n`);
  const settings = runSettings(parsed(RunFlags, { profile: "ci", uri: given["uri"], procs: "1" }), host);
  say("node", process.version);
  say("cores", `${availableParallelism()}: database, API and callers share them`);
  const directory = await mkdtemp(join(tmpdir(), "stress-doctor-"));
  const run = "doctor";
  try {
    await using ground = await openGround({
      uri: settings.uri,
      keepIn: null,
      run,
      env: host.env,
      onNotice: () => undefined,
    });
    const { mongo } = ground;
    say("database", `${mongo.provider}, ${mongo.description}`);
    say(
      "database faults",
      mongo.capabilities.crash
        ? "the engine can be killed, stopped and started again"
        : `db-kill and db-pause need an engine of our own; this one is at ${hostsOf(mongo.uri)}`,
    );
    await prepareVariants(ground, usualVariants);
    say("unique index", "onechat has built its own and believes it");
    const header = { version: 1, run, seed: 0, profile: "doctor", startedAt: "" } as const;
    await using recorder = await Recorder.open(join(directory, "history.ndjson.gz"), header);
    await using stage = await openStage({ settings, ground, recorder, host, run });
    say("calling processes", `${stage.targets.length} ways are open`);
    say("API processes", `ready at ${stage.apis?.urls.join(" and ") ?? "none"}`);
    await ground.dropAll();
    return "pass";
  } catch (error) {
    if (!(error instanceof RunStopped)) throw error;
    say("missing", error.message.replaceAll(/\s*\n\s*/g, " "));
    return "unknown";
  } finally {
    await rm(directory, { recursive: true });
  }
}
