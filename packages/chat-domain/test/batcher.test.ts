import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Cancellation } from "../src/concurrency/timeout.ts";
import { controlledBatches, turn } from "./controlled-batches.ts";

describe("a batcher", () => {
  it("sends a lone call at once, without waiting for a timer or for company", async () => {
    const { sent, call, respond } = controlledBatches();
    const answer = call("a");
    await turn();
    expect(sent).toEqual([["a"]]);
    await respond(0);
    expect(await answer).toEqual({ outcome: "answer to a", isFirst: true });
  });

  it("answers calls with one key by the first one's request, and tells one of them that it was first", async () => {
    const { sent, call, respond } = controlledBatches();
    const answers = [call("a", "one"), call("a", "two"), call("a", "three")];
    await turn();
    await respond(0);
    expect(sent).toEqual([["one"]]);
    expect(await Promise.all(answers)).toEqual([
      { outcome: "answer to one", isFirst: true },
      { outcome: "answer to one", isFirst: false },
      { outcome: "answer to one", isFirst: false },
    ]);
  });

  it("gathers what is asked while a batch is under way, and never adds to one that has left", async () => {
    const { sent, call, respond } = controlledBatches();
    void call("a");
    await turn();
    const later = [call("a", "a again"), call("b"), call("c")];
    await turn();
    expect(sent).toEqual([["a"]]);
    await respond(0);
    expect(sent).toEqual([["a"], ["a again", "b", "c"]]);
    await respond(1);
    expect((await Promise.all(later)).map(({ outcome }) => outcome)).toEqual([
      "answer to a again",
      "answer to b",
      "answer to c",
    ]);
  });

  it("lets those who are answered together ask again together", async () => {
    const { sent, call, respond } = controlledBatches();
    const asked = ["a", "b", "c"].map(async (key) => {
      await call(key);
      await call(`${key}2`);
    });
    await turn();
    await respond(0);
    await respond(1);
    await Promise.all(asked);
    expect(sent).toEqual([
      ["a", "b", "c"],
      ["a2", "b2", "c2"],
    ]);
  });

  it("bounds a batch, and how many are under way", async () => {
    const { sent, call, respond } = controlledBatches({ maxBatchSize: 2, maxConcurrentBatches: 2 });
    const answers = Promise.all(["a", "b", "c", "d", "e"].map((key) => call(key)));
    await turn();
    expect(sent).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
    await respond(1);
    expect(sent).toHaveLength(3);
    await respond(0);
    await respond(2);
    expect(await answers).toHaveLength(5);
  });

  it("shares many who wait among the batches that may go out, but not so few that a batch is hardly worth it", async () => {
    const { sent, call, respond } = controlledBatches({ minKeysPerBatch: () => 2, maxConcurrentBatches: 2 });
    const answers = Promise.all(["a", "b", "c", "d", "e"].map((key) => call(key)));
    await turn();
    expect(sent).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
    const few = Promise.all(["f", "g", "h"].map((key) => call(key)));
    await respond(0);
    await respond(1);
    expect(sent.slice(2)).toEqual([["f", "g", "h"]]);
    await respond(2);
    expect([...(await answers), ...(await few)]).toHaveLength(8);
  });

  it("tells a batch how many others are under way", async () => {
    const { others, call, respond } = controlledBatches({ maxConcurrentBatches: 2 });
    const calls = [call("a")];
    await turn();
    calls.push(call("b"));
    await turn();
    await respond(0);
    await respond(1);
    calls.push(call("c"));
    await turn();
    await respond(2);
    await Promise.all(calls);
    expect(others).toEqual([0, 1, 0]);
  });

  it("fails one caller with that caller's own error", async () => {
    const { call, respond } = controlledBatches();
    const answers = Promise.allSettled([call("bad"), call("good")]);
    await turn();
    await respond(0);
    expect(await answers).toMatchObject([
      { status: "rejected", reason: { message: "refused bad" } },
      { status: "fulfilled", value: { outcome: "answer to good" } },
    ]);
  });

  it("hands the failure of a batch to every one of its callers as itself, and goes on", async () => {
    const { call, respond } = controlledBatches();
    const failure = new Error("the database is away");
    const answers = Promise.allSettled([call("a"), call("a"), call("b")]);
    await turn();
    await respond(0, failure);
    for (const answer of await answers) expect(answer).toEqual({ status: "rejected", reason: failure });
    const next = call("c");
    await turn();
    await respond(1);
    expect((await next).outcome).toBe("answer to c");
  });

  it("releases only the caller who aborts, and never sends what nobody waits for any more", async () => {
    const { sent, call, respond } = controlledBatches();
    void call("under way");
    await turn();
    const waits = [new Cancellation(), new Cancellation()] as const;
    const [abandoned, shared] = [call("a", "a", waits[0]), call("a", "a's other caller")];
    const alone = call("b", "b", waits[1]);
    const reason = new Error("the user has closed the window");
    for (const wait of waits) wait.end(reason);
    await expect(abandoned).rejects.toBe(reason);
    await expect(alone).rejects.toBe(reason);
    await respond(0);
    await respond(1);
    expect(sent).toEqual([["under way"], ["a"]]);
    expect(await shared).toEqual({ outcome: "answer to a", isFirst: true });
  });

  it("releases a caller whose batch is under way, and tells the next that it was first", async () => {
    const { call, respond } = controlledBatches();
    const leaving = new Cancellation();
    const [abandoned, staying] = [call("a", "a", leaving), call("a")];
    await turn();
    const reason = new Error("the user has closed the window");
    leaving.end(reason);
    await expect(abandoned).rejects.toBe(reason);
    await respond(0);
    expect(await staying).toEqual({ outcome: "answer to a", isFirst: true });
  });

  it("gives up a batch that is never answered, so that it does not keep the others waiting", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const { sent, call, respond } = controlledBatches({ batchTimeoutMs: 60_000 });
    const lost = call("a");
    await turn();
    const next = call("b");
    vi.advanceTimersByTime(60_000);
    await expect(lost).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await turn();
    expect(sent).toEqual([["a"], ["b"]]);
    await respond(1);
    expect((await next).outcome).toBe("answer to b");
  });

  it("counts those who wait elsewhere for what began here", async () => {
    let elsewhere = 2;
    const { call, respond } = controlledBatches({ maxPending: 3 }, () => elsewhere);
    const first = call("a");
    await expect(call("b")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    elsewhere = 0;
    const second = call("b");
    await turn();
    await respond(0);
    expect(await Promise.all([first, second])).toHaveLength(2);
  });

  it("does not turn away half-way who was let in before", async () => {
    const { batcher, call, respond } = controlledBatches({ maxPending: 1 });
    const first = call("a");
    const again = batcher.call({ key: "b", request: "b", cancellation: new Cancellation(), skipLimit: true });
    await turn();
    await respond(0);
    expect(await Promise.all([first, again])).toHaveLength(2);
  });

  it("says how many wait, how many are under way, and when a key that is under way is done", async () => {
    const { batcher, call, respond } = controlledBatches();
    const answers = [call("a"), call("a"), call("b")];
    expect([batcher.waiting, batcher.inFlight, batcher.whenDone("a")]).toEqual([3, 0, null]);
    await turn();
    answers.push(call("c"));
    expect([batcher.waiting, batcher.inFlight, batcher.whenDone("c")]).toEqual([1, 3, null]);
    const settled = Promise.allSettled(answers);
    const done = batcher.whenDone("a");
    expect(done).toBeInstanceOf(Promise);
    await respond(0, new Error("lost"));
    await done;
    await respond(1);
    expect(await settled).toHaveLength(4);
    expect([batcher.waiting, batcher.inFlight, batcher.whenDone("a")]).toEqual([0, 0, null]);
  });

  it("takes no call whose caller waits no more", async () => {
    const { sent, call } = controlledBatches();
    const over = new Cancellation();
    over.end(new Error("over"));
    await expect(call("a", "a", over)).rejects.toThrow("over");
    await turn();
    expect(sent).toEqual([]);
  });

  it("answers UNAVAILABLE when too many wait, until some have left or given up", async () => {
    const { call, respond } = controlledBatches({ maxPending: 2 });
    const [under, leaving] = [call("under way"), new Cancellation()];
    await turn();
    const waiting = [call("a"), call("a", "a", leaving)];
    await expect(call("b")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    leaving.end(new Error("over"));
    await expect(waiting[1]).rejects.toThrow("over");
    const place = call("b");
    await expect(call("c")).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await respond(0);
    const late = call("c");
    await respond(1);
    await respond(2);
    expect(await Promise.all([under, waiting[0], place, late])).toHaveLength(4);
  });
});
