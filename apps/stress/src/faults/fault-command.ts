import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Stage } from "../run/stage.ts";
import { messageOf, RunStopped } from "../run/stopped.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { openTargets, subjectWays } from "./fault-targets.ts";

/** What the user's own command does: a container stopped, a network cut, a deployment in the middle of the calls. */
export async function faultCommand(stage: Stage): Promise<FaultSetup> {
  const { settings, host } = stage;
  const command = settings.faultCommand;
  if (command === null) throw new Error("there is no fault command");
  const run = async (line: string): Promise<void> => {
    try {
      await promisify(execFile)("sh", ["-c", line], { env: host.env });
    } catch (cause) {
      throw new RunStopped(`the fault command has failed: ${messageOf(cause)}`, { cause });
    }
  };
  return {
    ...(await openTargets(stage, subjectWays(stage, ["domain", "http"]))),
    holdMs: settings.durationMs / 2,
    pauseMs: 80,
    inject: () => run(command.inject),
    async heal(healed) {
      await run(command.heal);
      healed();
    },
  };
}
