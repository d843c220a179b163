import { ChatError, type ChatErrorCode } from "@onechat/chat-domain";
import type { PoolFigures } from "@onechat/chat-domain/connect";
import { Counter, Gauge, type Registry } from "prom-client";
import type { ChatTally } from "../observe/chat-observer.ts";
import type { Readiness } from "../health/readiness.ts";

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
  chatEvents(registry, sources);
  poolGauges(registry, sources);
  readinessGauges(registry, sources);
}

function chatEvents(registry: Registry, { tally }: ProcessSources): void {
  void new Counter({
    name: "onechat_create_or_get_total",
    help: "What became of create-or-get calls; raced and retried count beside how such a call ended",
    labelNames: ["event"],
    registers: [registry],
    collect() {
      this.reset();
      for (const [event, count] of Object.entries(tally.counts())) this.inc({ event }, count);
    },
  });
}

function poolGauges(registry: Registry, { pool }: ProcessSources): void {
  void new Gauge({
    name: "onechat_mongodb_connections",
    help: "Connections to the database",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      const { open, inUse } = pool();
      this.set({ state: "in_use" }, inUse);
      this.set({ state: "idle" }, open - inUse);
    },
  });
  void new Gauge({
    name: "onechat_mongodb_waiting",
    help: "Operations that wait for a connection to the database",
    registers: [registry],
    collect() {
      this.set(pool().waiting);
    },
  });
}

/** Each asks for itself, because all are read at once; the answer is believed for a second. */
function readinessGauges(registry: Registry, { readiness }: ProcessSources): void {
  void new Gauge({
    name: "onechat_ready",
    help: "1 while this process can keep the promise: the database answers, the unique index is there",
    registers: [registry],
    async collect() {
      this.set((await unreadiness(readiness)) === null ? 1 : 0);
    },
  });
  void new Gauge({
    name: "onechat_index_missing",
    help: "1 while the unique index is missing or not right",
    registers: [registry],
    async collect() {
      this.set((await unreadiness(readiness)) === "INDEX_MISSING" ? 1 : 0);
    },
  });
}

async function unreadiness(readiness: Pick<Readiness, "assertReady">): Promise<ChatErrorCode | null> {
  try {
    await readiness.assertReady();
    return null;
  } catch (error) {
    return error instanceof ChatError ? error.code : "UNAVAILABLE";
  }
}
