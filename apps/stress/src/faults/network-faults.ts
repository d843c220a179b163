import { type RuleHandle, tcpProxy, wireProxy } from "@onechat/mongo/proxy";
import type { Stage } from "../run/stage.ts";
import { type FaultSetup, faultWays, type OpenedTargets, openTargets, ownApi } from "./fault-targets.ts";

/** The ways that a proxy can stand in. */
export type Hop = "client to API" | "API to database" | "caller to database";

/** What becomes of a change: it is done and nobody hears of it, or nobody can know whether it is done. */
type Blow = "after" | "sent";

/** A way between two processes that leads through a proxy of ours. */
interface ProxiedHop extends AsyncDisposable {
  /** The URL or connection string that leads through it. */
  readonly uri: string;
  /** From now on the connection of every second change is reset, so that whoever asks again gets through in the end. */
  readonly strikeChanges: (when: Blow) => RuleHandle;
  /** Resets all connections that there are; on so many of them something was under way. */
  readonly reset: () => number;
}

const everySecond = { times: "always", every: 2, fault: "reset" } as const;
const changingRequest = Buffer.from("POST /trpc/chat.createOrGet");

async function beforeApi(url: string): Promise<ProxiedHop> {
  const { hostname, port } = new URL(url);
  const proxy = await tcpProxy({ host: hostname, port: Number(port) });
  return {
    ...proxy,
    uri: `http://127.0.0.1:${proxy.port}`,
    strikeChanges: (when) =>
      proxy.rule({ requests: (bytes) => bytes.includes(changingRequest), when, ...everySecond }),
  };
}

async function beforeDatabase(upstream: string): Promise<ProxiedHop> {
  const proxy = await wireProxy({ upstream, remember: 0 });
  const commands = ["findAndModify", "insert", "update"];
  return { ...proxy, strikeChanges: (when) => proxy.rule({ commands, when, ...everySecond }) };
}

type OpenedHops = readonly [hops: readonly ProxiedHop[], opened: OpenedTargets];

async function openHop(stage: Stage, hop: Hop): Promise<OpenedHops> {
  if (hop === "client to API") {
    const hops = await Promise.all(stage.urls.map(beforeApi));
    const ways = faultWays(stage, { paths: ["http"], urls: hops.map(({ uri }) => uri) });
    return [hops, await openTargets(stage, ways, hops)];
  }
  const before = await beforeDatabase(stage.ground.mongo.uri);
  const { uri } = before;
  if (hop === "caller to database")
    return [[before], await openTargets(stage, faultWays(stage, { paths: ["domain"], uri }), [before])];
  const api = await ownApi(stage, { uri });
  const ways = faultWays(stage, { paths: ["http"], urls: api.urls });
  return [[before], await openTargets(stage, ways, [api, before])];
}

/** What was asked is done, and nobody hears of it. */
export function replyLost(stage: Stage, hop: Hop): Promise<FaultSetup> {
  return onHop(stage, hop, "after");
}

/** All connections break at once, and then those on which something is under way. */
export function connectionReset(stage: Stage, hop: Hop): Promise<FaultSetup> {
  return onHop(stage, hop, "sent");
}

async function onHop(stage: Stage, hop: Hop, blow: Blow): Promise<FaultSetup> {
  const [hops, opened] = await openHop(stage, hop);
  const rules: RuleHandle[] = [];
  let underWay = 0;
  return {
    ...opened,
    holdMs: 600,
    pauseMs: 120,
    struck: () => rules.reduce((sum, rule) => sum + rule.hits(), underWay),
    inject() {
      for (const each of hops) {
        if (blow === "sent") underWay += each.reset();
        rules.push(each.strikeChanges(blow));
      }
    },
    heal: () => rules.forEach((rule) => rule.lift()),
  };
}

/** One connection, on which every answer takes its time, and nobody may wait for it long. */
export async function poolStarved(stage: Stage): Promise<FaultSetup> {
  const proxy = await wireProxy({ upstream: stage.ground.mongo.uri, remember: 0 });
  const uri = `${proxy.uri}&maxPoolSize=1&waitQueueTimeoutMS=20`;
  const opened = await openTargets(stage, faultWays(stage, { paths: ["domain"], uri }), [proxy]);
  let delay: RuleHandle | null = null;
  return {
    ...opened,
    holdMs: 800,
    pauseMs: 120,
    inject() {
      delay = proxy.rule({ when: "after", times: "always", fault: { delayMs: 30 } });
    },
    heal: () => delay?.lift(),
  };
}
