import type { MongoCapabilities } from "@onechat/mongo";
import { canBeProxied } from "@onechat/mongo/proxy";
import type { FaultName } from "../history/history-line.ts";
import type { Path } from "../history/operation.ts";
import type { RunSettings } from "../run/run-settings.ts";
import type { Stage } from "../run/stage.ts";
import { apiKill, apiPause } from "./api-faults.ts";
import { databaseKill, databasePause } from "./database-faults.ts";
import type { FaultPlan, FaultSetup } from "./fault-setup.ts";
import { indexMissing } from "./index-missing.ts";
import { connectionReset, type Hop, poolStarved, replyLost } from "./network-faults.ts";

/** A fault in one place, and how to get it ready. */
export interface PlannedFault extends FaultPlan {
  readonly open: (stage: Stage) => Promise<FaultSetup>;
}

interface FaultPlace {
  readonly target: string;
  /** It needs calls on one of these paths. */
  readonly paths: readonly Path[];
  readonly needs: "nothing" | "own engine" | "plain address";
  readonly open: (stage: Stage) => Promise<FaultSetup>;
}

const anyPath: readonly Path[] = ["domain", "http"];

const places: Readonly<Record<FaultName, readonly FaultPlace[]>> = {
  "api-kill": [{ target: "one API process", paths: ["http"], needs: "nothing", open: apiKill }],
  "api-pause": [{ target: "one API process", paths: ["http"], needs: "nothing", open: apiPause }],
  "db-kill": [{ target: "database", paths: anyPath, needs: "own engine", open: databaseKill }],
  "db-pause": [{ target: "database", paths: anyPath, needs: "own engine", open: databasePause }],
  "reply-lost": everyHop(replyLost),
  "connection-reset": everyHop(connectionReset),
  "pool-starved": [{ target: "caller", paths: ["domain"], needs: "plain address", open: poolStarved }],
  "index-missing": [{ target: "database", paths: anyPath, needs: "nothing", open: indexMissing }],
};

function everyHop(open: (stage: Stage, hop: Hop) => Promise<FaultSetup>): readonly FaultPlace[] {
  const place = (hop: Hop, path: Path, needs: FaultPlace["needs"]): FaultPlace => ({
    target: hop,
    paths: [path],
    needs,
    open: (stage) => open(stage, hop),
  });
  return [
    place("client to API", "http", "nothing"),
    place("API to database", "http", "plain address"),
    place("caller to database", "domain", "plain address"),
  ];
}

export interface PlannedFaults {
  readonly planned: readonly PlannedFault[];
  /** What was asked for and cannot be done here, a sentence each. */
  readonly omissions: readonly string[];
}

/** The faults that were asked for, in every place where they can strike. */
export function planFaults(
  { faults, paths, variants }: Pick<RunSettings, "faults" | "paths" | "variants">,
  { uri, capabilities }: { readonly uri: string; readonly capabilities: Pick<MongoCapabilities, "crash"> },
): PlannedFaults {
  const possible = { nothing: true, "own engine": capabilities.crash, "plain address": canBeProxied(uri) };
  const planned: PlannedFault[] = [];
  const omissions: string[] = [];
  for (const fault of faults) {
    const onPath = places[fault].filter((place) => place.paths.some((path) => paths.includes(path)));
    const here = variants.includes("ours") ? onPath.filter(({ needs }) => possible[needs]) : [];
    planned.push(...here.map(({ target, open }) => ({ fault, target, open })));
    if (here.length === 0) omissions.push(`the fault ${fault} was not injected: ${whyNot(onPath)}`);
  }
  return { planned, omissions };
}

function whyNot(onPath: readonly FaultPlace[]): string {
  if (onPath.length === 0) return "no call takes a path that it strikes";
  return onPath.some(({ needs }) => needs === "own engine")
    ? "only a database engine of our own can be killed or stopped; leave --uri and MONGODB_URI out"
    : "it needs calls of onechat and a database at one plain address";
}
