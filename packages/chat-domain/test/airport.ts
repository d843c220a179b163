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

/** What is landed in one turn of the event loop lets others depart at the end of the next. */
export async function turn(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** A batcher whose batches land when the test says so. */
export function airport(limits: Partial<BatcherLimits> = {}, waitingElsewhere = () => 0) {
  const departed: (readonly string[])[] = [];
  const others: number[] = [];
  const flights: PromiseWithResolvers[] = [];
  const fly = async (requests: readonly string[], underWay: number) => {
    departed.push(requests);
    others.push(underWay);
    const flight = withResolvers();
    flights.push(flight);
    await flight.promise;
    return Promise.allSettled(
      requests.map(async (request) => {
        if (request.startsWith("bad")) throw new Error(`refused ${request}`);
        return `answer to ${request}`;
      }),
    );
  };
  const commit = new Batcher<string, string>({ ...roomy, ...limits }, fly, waitingElsewhere);
  return {
    departed,
    others,
    land: async (flight: number, failure?: Error): Promise<void> => {
      if (failure === undefined) flights[flight]?.resolve();
      else flights[flight]?.reject(failure);
      await turn();
    },
    commit,
    call: (key: string, request = key, wait = new Cancellation()): Promise<Shared<string>> =>
      commit.call({ key, request, wait, skipLimit: false }),
  };
}
