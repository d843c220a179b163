import { setTimeout as sleep } from "node:timers/promises";
import { assertIndexes, type ChatContext, ChatError, ensureIndexesIfEmpty } from "@onechat/chat-domain";
import type { Logger } from "pino";
import { withTimeout } from "./with-timeout.ts";

/** How long an answer of the database about itself is believed. */
const believedMs = 1_000;
/** How long a call waits for fresh news; with the domain's own deadline it is answered within five seconds. */
const patienceMs = 500;
/** How long a check may take before it counts as unanswered. */
const checkMs = 4_000;
const retryMs = 1_000;

/** Whether this process can keep the promise: the database answers, and the unique index is there. */
export interface Readiness {
  /**
   * For load balancers.
   *
   * @throws ChatError `INDEX_MISSING`, or `UNAVAILABLE` also from the first signal to stop
   */
  assertReady(): Promise<void>;
  /**
   * For calls, which are answered while the process is stopping and find out about the database themselves.
   *
   * @throws ChatError `INDEX_MISSING`
   */
  assertGuarantee(): Promise<void>;
  /** From now on not ready: new requests belong elsewhere. */
  beginShutdown(): void;
  readonly isStopping: () => boolean;
}

/** Builds the indexes of an empty collection in the background, however long the database takes to come up. */
export function createReadiness(chats: ChatContext, log: Logger): Readiness {
  let stopping = false;
  const checks = createChecks(chats, log);
  void checks.untilFirstSuccess(() => stopping);
  return {
    async assertReady() {
      if (stopping) throw new ChatError("UNAVAILABLE", "this process is shutting down");
      const failure = await checks.latest();
      if (failure !== null) throw failure;
    },
    async assertGuarantee() {
      // Most calls find fresh news, and set no timer.
      const news = checks.fresh();
      const failure = news === undefined ? await withTimeout(patienceMs, checks.latest()) : news;
      if (failure?.code === "INDEX_MISSING") throw failure;
    },
    beginShutdown: () => {
      stopping = true;
    },
    isStopping: () => stopping,
  };
}

interface Checks {
  /** What is wrong, or `null`; at most a second old, and asked once however many want to know. */
  latest(): Promise<ChatError | null>;
  /** The same, where nobody has to be asked; else `undefined`. */
  fresh(): ChatError | null | undefined;
  untilFirstSuccess(isStopping: () => boolean): Promise<void>;
}

function createChecks(chats: ChatContext, log: Logger): Checks {
  let prepared = false;
  let asking: Promise<ChatError | null> | null = null;
  let believed: { readonly until: number; readonly outcome: ChatError | null } | null = null;
  const report = reportChanges(log);

  async function examine(): Promise<ChatError | null> {
    const outcome = await withTimeout(
      checkMs,
      prepared ? outcomeOf(assertIndexes(chats)) : outcomeOf(ensureIndexesIfEmpty(chats)),
    );
    const failure =
      outcome === undefined ? new ChatError("UNAVAILABLE", "the database does not answer") : outcome;
    prepared ||= failure === null;
    report(failure);
    return failure;
  }

  function fresh(): ChatError | null | undefined {
    return believed !== null && performance.now() <= believed.until ? believed.outcome : undefined;
  }

  async function ask(): Promise<ChatError | null> {
    try {
      const outcome = await examine();
      believed = { until: performance.now() + believedMs, outcome };
      return outcome;
    } finally {
      asking = null;
    }
  }

  async function latest(): Promise<ChatError | null> {
    const news = fresh();
    return news === undefined ? (asking ??= ask()) : news;
  }

  return {
    latest,
    fresh,
    async untilFirstSuccess(isStopping) {
      while (!isStopping() && (await latest()) !== null) await sleep(retryMs, undefined, { ref: false });
    },
  };
}

/** One line when things turn, none while they stay as they are. */
function reportChanges(log: Logger): (failure: ChatError | null) => void {
  let reported: string | null | undefined;
  return (failure) => {
    const reason = failure?.message ?? null;
    if (reason === reported) return;
    reported = reason;
    if (failure === null) log.info("ready: the unique index is in place");
    else log.warn({ code: failure.code, reason, err: failure.cause }, "not ready");
  };
}

async function outcomeOf(check: Promise<void>): Promise<ChatError | null> {
  try {
    await check;
    return null;
  } catch (error) {
    if (error instanceof ChatError) return error;
    return new ChatError("UNAVAILABLE", "the database could not be checked", { cause: error });
  }
}
