import { canBeProxied } from "@onechat/mongo/proxy";
import type { FaultName } from "../history/history-line.ts";
import type { Path } from "../history/operation.ts";
import type { Subject } from "../plan/run-settings.ts";
import type { Stage } from "../run/stage.ts";
import { apiKill, apiPause } from "./api-faults.ts";
import { databaseKill, databasePause, stepDown } from "./database-faults.ts";
import { faultCommand } from "./fault-command.ts";
import type { FaultPlan, FaultSetup } from "./fault-setup.ts";
import { indexMissing } from "./index-missing.ts";
import { connectionReset, type Hop, poolStarved, replyLost } from "./network-faults.ts";

/** A fault in one place, and how to get it ready. */
export interface PlannedFault extends FaultPlan {
  readonly open: (stage: Stage) => Promise<FaultSetup>;
}

/** What has to be there for a fault to be possible, with what is said where it is not. */
const needs = {
  nothing: "",
  "our API": "the harness does not run these API processes",
  "own engine": "only a database engine of our own can be killed or stopped; leave --uri and MONGODB_URI out",
  "plain address": "a proxy needs a database at one address without TLS",
  "plain http": "a proxy needs addresses that begin with http://",
  "replica set": "it needs a database of several members",
  "a command": "--fault-command says what it does",
} as const;
type Need = keyof typeof needs;

interface FaultPlace {
  readonly target: string;
  /** It needs calls on one of these paths. */
  readonly paths: readonly Path[];
  readonly need: Need;
  /** Of whom it can be the fault. */
  readonly subjects: readonly Subject["kind"][];
  readonly open: (stage: Stage) => Promise<FaultSetup>;
}

const anyPath: readonly Path[] = ["domain", "http"];
const ours = ["onechat"] as const;

const places: Readonly<Record<FaultName, readonly FaultPlace[]>> = {
  "api-kill": [
    { target: "one API process", paths: ["http"], need: "our API", subjects: ours, open: apiKill },
  ],
  "api-pause": [
    { target: "one API process", paths: ["http"], need: "our API", subjects: ours, open: apiPause },
  ],
  "db-kill": [{ target: "database", paths: anyPath, need: "own engine", subjects: ours, open: databaseKill }],
  "db-pause": [
    { target: "database", paths: anyPath, need: "own engine", subjects: ours, open: databasePause },
  ],
  "step-down": [{ target: "primary", paths: anyPath, need: "replica set", subjects: ours, open: stepDown }],
  "reply-lost": everyHop(replyLost),
  "connection-reset": everyHop(connectionReset),
  "pool-starved": [
    { target: "caller", paths: ["domain"], need: "plain address", subjects: ours, open: poolStarved },
  ],
  "index-missing": [
    { target: "database", paths: anyPath, need: "nothing", subjects: ours, open: indexMissing },
  ],
  command: [
    {
      target: "by command",
      paths: anyPath,
      need: "a command",
      subjects: ["onechat", "store", "target"],
      open: faultCommand,
    },
  ],
};

function everyHop(open: (stage: Stage, hop: Hop) => Promise<FaultSetup>): readonly FaultPlace[] {
  const place = (hop: Hop, path: Path, need: Need, subjects: FaultPlace["subjects"]): FaultPlace => ({
    target: hop,
    paths: [path],
    need,
    subjects,
    open: (stage) => open(stage, hop),
  });
  return [
    place("client to API", "http", "plain http", ["onechat", "target"]),
    place("API to database", "http", "plain address", ours),
    place("caller to database", "domain", "plain address", ours),
  ];
}

export interface PlannedFaults {
  readonly planned: readonly PlannedFault[];
  /** What was asked for by name and cannot be done here, a sentence each. */
  readonly omissions: readonly string[];
  /** The same of what the profile would do. */
  readonly notes: readonly string[];
}

/** The faults that were asked for, in every place where they can strike. */
export function planFaults({
  settings,
  ground: { mongo },
}: Pick<Stage, "settings" | "ground">): PlannedFaults {
  const { subject, paths, variants, faultCommand: command } = settings;
  const plain = canBeProxied(mongo.uri);
  const possible: Readonly<Record<Need, boolean>> = {
    nothing: true,
    "our API": subject.kind === "onechat",
    "own engine": mongo.capabilities.crash,
    "plain address": plain,
    "plain http": subject.kind !== "target" || subject.urls.every((url) => url.startsWith("http://")),
    "replica set": mongo.provider === "uri" && mongo.uri.includes(",") && mongo.capabilities.replicaSet,
    "a command": command !== null,
  };
  const planned: PlannedFault[] = [];
  const omitted: { readonly fault: FaultName; readonly text: string }[] = [];
  for (const fault of settings.faults) {
    const there = places[fault].filter(({ subjects }) => subjects.includes(subject.kind));
    const onPath = there.filter((place) => place.paths.some((path) => paths.includes(path)));
    const here = variants.includes("ours") ? onPath.filter(({ need }) => possible[need]) : [];
    planned.push(...here.map(({ target, open }) => ({ fault, target, open })));
    const lacking = onPath.find(({ need }) => !possible[need]);
    const why = lacking === undefined ? "no call takes a path that it strikes" : needs[lacking.need];
    if (here.length === 0) omitted.push({ fault, text: `the fault ${fault} was not injected: ${why}` });
  }
  const isAsked = ({ fault }: { readonly fault: FaultName }): boolean => settings.askedFaults.has(fault);
  return {
    planned,
    omissions: omitted.filter(isAsked).map(({ text }) => text),
    notes: omitted.filter((each) => !isAsked(each)).map(({ text }) => text),
  };
}
