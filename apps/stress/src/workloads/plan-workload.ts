import type { Workload } from "../history/history-line.ts";
import { burst } from "./burst.ts";
import { existing } from "./existing.ts";
import { fresh } from "./fresh.ts";
import { groups } from "./groups.ts";
import { hot } from "./hot.ts";
import { mergeRace } from "./merge-race.ts";
import { pairs } from "./pairs.ts";
import { scopes } from "./scopes.ts";
import type { WorkloadPlan, WorkloadShape } from "./workload-plan.ts";
import { zipf } from "./zipf.ts";

const planners: Readonly<Record<Workload, (shape: WorkloadShape) => WorkloadPlan>> = {
  hot,
  burst,
  pairs,
  zipf,
  fresh,
  existing,
  groups,
  scopes,
  "merge-race": mergeRace,
};

/** Who will ask for what, when and from where, before anybody does. */
export function planWorkload(workload: Workload, shape: WorkloadShape): WorkloadPlan {
  return planners[workload](shape);
}
