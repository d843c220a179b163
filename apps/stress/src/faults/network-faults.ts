import { type RuleHandle, wireProxy } from "@onechat/mongo/proxy";
import type { Stage } from "../run/stage.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { domainWay, httpWay, type OpenedTargets, openTargets, ownApis } from "./fault-targets.ts";
import { beforeApi, beforeDatabase, type ProxiedHop } from "./hops.ts";

/** The ways that a proxy can stand in. */
export type Hop = "client to API" | "API to database" | "caller to database";

interface OpenedHops extends OpenedTargets {
  readonly hops: readonly ProxiedHop[];
}

/** What was asked is done, and nobody hears of it. */
export function replyLost(stage: Stage, hop: Hop): Promise<FaultSetup> {
  return onHop(stage, hop, (each) => each.loseReplies());
}

/** All connections break at once, and then those on which something is under way. */
export function connectionReset(stage: Stage, hop: Hop): Promise<FaultSetup> {
  return onHop(stage, hop, (each) => each.resetConnections());
}

async function onHop(stage: Stage, hop: Hop, harm: (hop: ProxiedHop) => void): Promise<FaultSetup> {
  const { hops, ...opened } = await openHop(stage, hop);
  return {
    ...opened,
    holdMs: 600,
    pauseMs: 120,
    struck: () => hops.reduce((sum, each) => sum + each.struck(), 0),
    inject: () => hops.forEach(harm),
    heal(healed) {
      hops.forEach((each) => each.pass());
      healed();
    },
  };
}

/** One connection, on which every answer takes its time, and nobody may wait for it long. */
export async function poolStarved(stage: Stage): Promise<FaultSetup> {
  const proxy = await wireProxy({ upstream: stage.ground.mongo.uri, remember: 0 });
  const uri = `${proxy.uri}&maxPoolSize=1&waitQueueTimeoutMS=20`;
  const opened = await openTargets(stage, [domainWay(stage, "ours", { uri })], [proxy]);
  let delay: RuleHandle | null = null;
  return {
    ...opened,
    holdMs: 800,
    pauseMs: 120,
    inject() {
      delay = proxy.rule({ when: "after", times: "always", fault: { delayMs: 30 } });
    },
    heal(healed) {
      delay?.lift();
      healed();
    },
  };
}

async function openHop(stage: Stage, hop: Hop): Promise<OpenedHops> {
  if (hop === "client to API") return beforeTheApis(stage);
  const before = await beforeDatabase(stage.ground.mongo.uri);
  const { uri } = before;
  const hops = [before];
  if (hop === "caller to database")
    return { hops, ...(await openTargets(stage, [domainWay(stage, "ours", { uri })], hops)) };
  const api = await ownApis(stage, { uri });
  return { hops, ...(await openTargets(stage, [httpWay(stage, { urls: api.urls })], [api, before])) };
}

async function beforeTheApis(stage: Stage): Promise<OpenedHops> {
  const hops = await Promise.all(urlsOf(stage).map((url) => beforeApi(url)));
  const urls = hops.map(({ uri }) => uri);
  return { hops, ...(await openTargets(stage, [httpWay(stage, { urls })], hops)) };
}

/** Of the API's processes, whoever runs them. */
function urlsOf({ apis, settings: { subject } }: Stage): readonly string[] {
  return subject.kind === "target" ? subject.urls : (apis?.urls ?? []);
}
