import { setImmediate as nextTurn } from "node:timers/promises";
import { Batcher, type BatcherLimits, type Shared } from "../src/concurrency/batcher.ts";
import { Cancellation } from "../src/concurrency/timeout.ts";
import { type PromiseWithResolvers, withResolvers } from "./with-resolvers.ts";

const roomy: BatcherLimits = {
  maxBatchSize: 100,
  minKeysPerBatch: () => 100,
  maxConcurrentBatches: 1,
  batchTimeoutMs: 60_000,
  maxPending: 1_000,
};

/** A batch that is answered in one turn of the event loop lets others go out at the end of the next. */
export async function turn(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** A batcher whose batches are answered when the test says so. */
export function controlledBatches(limits: Partial<BatcherLimits> = {}, waitingElsewhere = () => 0) {
  const sent: (readonly string[])[] = [];
  const others: number[] = [];
  const batches: PromiseWithResolvers[] = [];
  const send = async (requests: readonly string[], underWay: number) => {
    sent.push(requests);
    others.push(underWay);
    const batch = withResolvers();
    batches.push(batch);
    await batch.promise;
    return Promise.allSettled(
      requests.map(async (request) => {
        if (request.startsWith("bad")) throw new Error(`refused ${request}`);
        return `answer to ${request}`;
      }),
    );
  };
  const batcher = new Batcher<string, string>({ ...roomy, ...limits }, send, waitingElsewhere);
  return {
    sent,
    others,
    respond: async (batch: number, failure?: Error): Promise<void> => {
      if (failure === undefined) batches[batch]?.resolve();
      else batches[batch]?.reject(failure);
      await turn();
    },
    batcher,
    call: (key: string, request = key, cancellation = new Cancellation()): Promise<Shared<string>> =>
      batcher.call({ key, request, cancellation, skipLimit: false }),
  };
}
