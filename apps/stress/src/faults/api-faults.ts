import type { ApiProcess } from "../load/api-process.ts";
import type { Stage } from "../run/stage.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { httpWay, openTargets } from "./fault-targets.ts";

/** One of the processes dies in the middle of its calls, and comes back on its port. */
export async function apiKill(stage: Stage): Promise<FaultSetup> {
  const api = firstOf(stage);
  return {
    ...(await openTargets(stage, [httpWay(stage)])),
    holdMs: 300,
    pauseMs: 120,
    inject: () => api.kill(),
    async heal(healed) {
      await api.restart();
      healed();
    },
  };
}

/** One of the processes stops for longer than anybody waits, then goes on with what it was doing. */
export async function apiPause(stage: Stage): Promise<FaultSetup> {
  const api = firstOf(stage);
  return {
    ...(await openTargets(stage, [httpWay(stage)])),
    holdMs: 1_500,
    pauseMs: 120,
    inject: () => api.pause(),
    heal(healed) {
      healed();
      api.resume();
    },
  };
}

function firstOf({ apis }: Stage): ApiProcess {
  const [first] = apis?.processes ?? [];
  if (first === undefined) throw new Error("no API process is running");
  return first;
}
