import type { MongoServer } from "@onechat/mongo";
import { hasPlainAddresses } from "@onechat/mongo/proxy";
import type { FaultName } from "../history/history-line.ts";
import type { Path } from "../history/operation.ts";
import type { Subject } from "../plan/run-settings.ts";
import type { Stage } from "../run/stage.ts";
import type { Shortcomings } from "../run/stopped.ts";
import type { FaultSetup } from "./fault-targets.ts";
import { connectionReset, type Hop, poolStarved, replyLost } from "./network-faults.ts";
import {
  apiKill,
  apiPause,
  databaseKill,
  databasePause,
  faultCommand,
  indexMissing,
  stepDown,
} from "./process-faults.ts";

/** A fault in one place, and how to get it ready. */
export interface PlannedFault {
  readonly fault: FaultName;
  /** On which hop or process, for people. */
  readonly target: string;
  readonly open: (stage: Stage) => Promise<FaultSetup>;
}

interface FaultedRun extends Pick<Stage, "settings"> {
  readonly ground: { readonly mongo: Pick<MongoServer, "uri" | "provider" | "capabilities"> };
}

/** Named one by one, or by a record of the DNS. */
const severalHosts = /^mongodb(?:\+srv:|:\/\/[^/?]*,)/;

/** What has to be there for a fault to be possible, and what is said where it is not. */
const needs = {
  nothing: [() => true, ""],
  "our API": [
    ({ settings: { subject } }) => subject.kind === "onechat",
    "the harness does not run these API processes",
  ],
  "own engine": [
    ({ ground: { mongo } }) => mongo.capabilities.crash,
    "only a database engine of our own can be killed or stopped; leave --uri and MONGODB_URI out",
  ],
  "plain address": [
    ({ ground: { mongo } }) => hasPlainAddresses(mongo.uri),
    "a proxy needs a database at addresses without TLS",
  ],
  "plain http": [
    ({ settings: { subject } }) =>
      subject.kind !== "target" || subject.urls.every((url) => url.startsWith("http://")),
    "a proxy needs addresses that begin with http://",
  ],
  "replica set": [
    ({ ground: { mongo } }) =>
      mongo.provider === "uri" && mongo.capabilities.replicaSet && severalHosts.test(mongo.uri),
    "it needs a database of several members",
  ],
  "a command": [({ settings }) => settings.faultCommand !== null, "--fault-command says what it does"],
} as const satisfies Readonly<Record<string, readonly [(run: FaultedRun) => boolean, string]>>;
type Need = keyof typeof needs;

interface FaultPlace extends Omit<PlannedFault, "fault"> {
  readonly paths: readonly Path[];
  readonly need: Need;
  /** Of whom it can be the fault: of onechat alone, unless it says more. */
  readonly subjects?: readonly Subject["kind"][];
}

const any: readonly Path[] = ["domain", "http"];
const anybody = ["onechat", "store", "target"] as const;
const oneApi = { target: "one API process", paths: ["http"], need: "our API" } as const;
const database = { target: "database", paths: any, need: "own engine" } as const;

const places: Readonly<Record<FaultName, readonly FaultPlace[]>> = {
  "api-kill": [{ ...oneApi, open: apiKill }],
  "api-pause": [{ ...oneApi, open: apiPause }],
  "db-kill": [{ ...database, open: databaseKill }],
  "db-pause": [{ ...database, open: databasePause }],
  "step-down": [{ target: "primary", paths: any, need: "replica set", open: stepDown }],
  "reply-lost": everyHop(replyLost),
  "connection-reset": everyHop(connectionReset),
  "pool-starved": [{ target: "caller", paths: ["domain"], need: "plain address", open: poolStarved }],
  "index-missing": [{ ...database, need: "nothing", open: indexMissing }],
  command: [{ target: "by command", paths: any, need: "a command", subjects: anybody, open: faultCommand }],
};

function everyHop(open: (stage: Stage, hop: Hop) => Promise<FaultSetup>): readonly FaultPlace[] {
  const place = (target: Hop, path: Path, need: Need): FaultPlace => ({
    target,
    paths: [path],
    need,
    open: (stage) => open(stage, target),
  });
  return [
    { ...place("client to API", "http", "plain http"), subjects: ["onechat", "target"] },
    place("API to database", "http", "plain address"),
    place("caller to database", "domain", "plain address"),
  ];
}

export interface PlannedFaults extends Shortcomings {
  readonly planned: readonly PlannedFault[];
}

export function planFaults(run: FaultedRun): PlannedFaults {
  const { subject, paths, variants, faults, askedFaults } = run.settings;
  const planned: PlannedFault[] = [];
  const omissions: string[] = [];
  const notes: string[] = [];
  for (const fault of faults) {
    const there = places[fault].filter(({ subjects = ["onechat"] }) => subjects.includes(subject.kind));
    const onPath = there.filter((place) => place.paths.some((path) => paths.includes(path)));
    const lacking = onPath.find(({ need }) => !needs[need][0](run));
    const here = variants.includes("ours") ? onPath.filter(({ need }) => needs[need][0](run)) : [];
    planned.push(...here.map(({ target, open }) => ({ fault, target, open })));
    const why = lacking === undefined ? "no call takes a path that it strikes" : needs[lacking.need][1];
    const said = askedFaults.has(fault) ? omissions : notes;
    if (here.length === 0) said.push(`the fault ${fault} was not injected: ${why}`);
  }
  return { planned, omissions, notes };
}
