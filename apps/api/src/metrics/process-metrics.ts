import { ChatError, type ChatErrorCode } from "@onechat/chat-domain";
import type { PoolFigures } from "@onechat/chat-domain/connect";
import { Counter, Gauge, type Registry } from "prom-client";
import type { ChatTally } from "../chat-tally.ts";
import type { Readiness } from "../readiness.ts";

/** What is asked when somebody looks. */
export interface ProcessSources {
  readonly version: string;
  readonly tally: ChatTally;
  readonly pool: () => PoolFigures;
  readonly readiness: Pick<Readiness, "assertReady">;
}

export function processMetrics(registry: Registry, sources: ProcessSources): void {
  const build = new Gauge({
    name: "onechat_build_info",
    help: "Always 1; the labels say what runs",
    labelNames: ["version", "node"],
    registers: [registry],
  });
  build.set({ version: sources.version, node: process.version }, 1);
  registry.registerMetric(chatEvents(sources));
  for (const gauge of [...poolGauges(sources), ...readinessGauges(sources)]) registry.registerMetric(gauge);
}

const registers: Registry[] = [];

function chatEvents({ tally }: ProcessSources): Counter {
  return new Counter({
    name: "onechat_create_or_get_total",
    help: "What became of create-or-get calls; raced and retried count beside how such a call ended",
    labelNames: ["event"],
    registers,
    collect() {
      this.reset();
      for (const [event, count] of Object.entries(tally.counts())) this.inc({ event }, count);
    },
  });
}

function poolGauges({ pool }: ProcessSources): readonly Gauge[] {
  const connections = new Gauge({
    name: "onechat_mongodb_connections",
    help: "Connections to the database",
    labelNames: ["state"],
    registers,
    collect() {
      const { open, inUse } = pool();
      this.set({ state: "in_use" }, inUse);
      this.set({ state: "idle" }, open - inUse);
    },
  });
  const waiting = new Gauge({
    name: "onechat_mongodb_waiting",
    help: "Operations that wait for a connection to the database",
    registers,
    collect() {
      this.set(pool().waiting);
    },
  });
  return [connections, waiting];
}

/** Each asks for itself, because all are read at once; the answer is believed for a second. */
function readinessGauges({ readiness }: ProcessSources): readonly Gauge[] {
  const ready = new Gauge({
    name: "onechat_ready",
    help: "1 while this process can keep the promise: the database answers, the unique index is there",
    registers,
    async collect() {
      this.set((await unreadiness(readiness)) === null ? 1 : 0);
    },
  });
  const missing = new Gauge({
    name: "onechat_index_missing",
    help: "1 while the unique index is missing or not right",
    registers,
    async collect() {
      this.set((await unreadiness(readiness)) === "INDEX_MISSING" ? 1 : 0);
    },
  });
  return [ready, missing];
}

async function unreadiness(readiness: Pick<Readiness, "assertReady">): Promise<ChatErrorCode | null> {
  try {
    await readiness.assertReady();
    return null;
  } catch (error) {
    return error instanceof ChatError ? error.code : "UNAVAILABLE";
  }
}
