import { describe, expect, it } from "vitest";
import { batchSize } from "../../src/migrate/run/batch-size.ts";

const bounds = { start: 500, min: 20, max: 5_000, targetMs: 500 };

describe("the size of batches", () => {
  it("grows by a fifth at most while batches are quick, up to its bound", () => {
    const batch = batchSize(bounds);
    batch.took(10, 500);
    expect(batch.current()).toBe(600);
    for (let round = 0; round < 50; round += 1) batch.took(10, batch.current());
    expect(batch.current()).toBe(5_000);
  });

  it("shrinks to what fits the time, by half at most, down to its bound", () => {
    const batch = batchSize(bounds);
    batch.took(700, 500);
    expect(batch.current()).toBe(357);
    batch.took(600_000, 357);
    expect(batch.current()).toBe(179);
    for (let round = 0; round < 10; round += 1) batch.took(600_000, batch.current());
    expect(batch.current()).toBe(20);
  });

  it("learns nothing from a batch that was not full", () => {
    const batch = batchSize(bounds);
    batch.took(1, 3);
    expect(batch.current()).toBe(500);
  });

  it("halves when something went wrong", () => {
    const batch = batchSize(bounds);
    batch.halve();
    expect(batch.current()).toBe(250);
  });
});
