import { expect, it } from "vitest";
import { recentCalls } from "../src/create-or-get/recent-calls.ts";

/** A batch in which so many chats were new. */
async function met(recent: ReturnType<typeof recentCalls>, ofNew: number, ofOld: number): Promise<void> {
  const outcomes = [...Array<boolean>(ofNew).fill(true), ...Array<boolean>(ofOld).fill(false)];
  await recent.noting(() => Promise.resolve(outcomes), { isNew: (isNew) => isNew });
}

it("expects only new chats after four batches of them, until one is small, has met old ones or fails", async () => {
  const spoilers = [
    (recent: ReturnType<typeof recentCalls>) => met(recent, 7, 0),
    (recent: ReturnType<typeof recentCalls>) => met(recent, 29, 2),
    (recent: ReturnType<typeof recentCalls>) =>
      recent.noting(() => Promise.reject(new Error("away")), { isNew: () => true }).catch(() => undefined),
  ];
  for (const spoil of spoilers) {
    const recent = recentCalls();
    for (let batch = 0; batch < 3; batch += 1) await met(recent, 8, 0);
    expect(recent.noneExist()).toBe(false);
    await met(recent, 30, 2);
    expect(recent.noneExist()).toBe(true);
    await spoil(recent);
    expect(recent.noneExist()).toBe(false);
  }
});

it("is told nothing by outcomes that do not say whether a chat was there", async () => {
  const recent = recentCalls();
  for (let batch = 0; batch < 4; batch += 1) await met(recent, 8, 0);
  const outcomes = Array<boolean>(9).fill(false);
  await recent.noting(() => Promise.resolve(outcomes), { isNew: (isNew) => isNew, tells: () => false });
  expect([recent.noneExist(), recent.mostExist()]).toEqual([true, false]);
  await met(recent, 0, 1);
  expect([recent.noneExist(), recent.mostExist()]).toEqual([false, true]);
});
