import type { Stage } from "../run/stage.ts";
import type { FaultSetup } from "./fault-setup.ts";
import { domainTarget, httpTarget, type OpenedTargets, ownApi, targetsOpened } from "./fault-targets.ts";
import { beforeApi, beforeDatabase } from "./hops.ts";
import type { TcpProxy } from "./tcp-proxy.ts";

/** The ways that a proxy can stand in. */
export type Hop = "client to API" | "API to database" | "caller to database";

interface ProxiedHop extends OpenedTargets {
  readonly proxies: readonly TcpProxy[];
}

/** What was asked is done, and nobody hears of it. */
export function replyLost(stage: Stage, hop: Hop): Promise<FaultSetup> {
  return onHop(stage, hop, (proxy) => proxy.loseReplies());
}

/** All connections break at once, and then those on which something is under way. */
export function connectionReset(stage: Stage, hop: Hop): Promise<FaultSetup> {
  return onHop(stage, hop, (proxy) => {
    proxy.reset();
    proxy.resetRequests();
  });
}

async function onHop(stage: Stage, hop: Hop, harm: (proxy: TcpProxy) => void): Promise<FaultSetup> {
  const { proxies, ...opened } = await openHop(stage, hop);
  return {
    ...opened,
    holdMs: 600,
    pauseMs: 120,
    struck: () => proxies.reduce((sum, proxy) => sum + proxy.struck(), 0),
    inject: () => proxies.forEach(harm),
    heal(healed) {
      proxies.forEach((proxy) => proxy.pass());
      healed();
    },
  };
}

/** One connection, on which every answer takes its time, and nobody may wait for it long. */
export async function poolStarved(stage: Stage): Promise<FaultSetup> {
  const { proxy, uri } = await beforeDatabase(stage.ground.mongo.uri);
  const starved = new URL(uri);
  starved.searchParams.set("maxPoolSize", "1");
  starved.searchParams.set("waitQueueTimeoutMS", "20");
  const opened = await targetsOpened(stage, [domainTarget(stage, "ours", { uri: starved.href })], [proxy]);
  return {
    ...opened,
    holdMs: 800,
    pauseMs: 120,
    inject: () => proxy.delayReplies(30),
    heal(healed) {
      proxy.pass();
      healed();
    },
  };
}

async function openHop(stage: Stage, hop: Hop): Promise<ProxiedHop> {
  if (hop === "client to API") return beforeTheApis(stage);
  const { proxy, uri } = await beforeDatabase(stage.ground.mongo.uri);
  const proxies = [proxy];
  if (hop === "caller to database")
    return { proxies, ...(await targetsOpened(stage, [domainTarget(stage, "ours", { uri })], proxies)) };
  const api = await ownApi(stage, { uri });
  return { proxies, ...(await targetsOpened(stage, [httpTarget(stage, { urls: api.urls })], [api, proxy])) };
}

async function beforeTheApis(stage: Stage): Promise<ProxiedHop> {
  const hops = await Promise.all((stage.apis?.urls ?? []).map((url) => beforeApi(url)));
  const proxies = hops.map(({ proxy }) => proxy);
  const urls = hops.map(({ url }) => url);
  return { proxies, ...(await targetsOpened(stage, [httpTarget(stage, { urls })], proxies)) };
}
