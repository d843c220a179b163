import { describe, expect, it } from "vitest";
import { lackingActions, neededActions } from "../../src/migrate/preflight/privileges.ts";
import { lagOf } from "../../src/migrate/run/replication-lag.ts";

describe("replication lag", () => {
  const at = (seconds: number): Date => new Date(seconds * 1_000);

  it("is that of the slowest secondary", () => {
    const members = [
      { stateStr: "PRIMARY", optimeDate: at(100) },
      { stateStr: "SECONDARY", optimeDate: at(99) },
      { stateStr: "SECONDARY", optimeDate: at(93) },
      { stateStr: "DOWN", optimeDate: at(0) },
    ];
    expect(lagOf(members)).toBe(7_000);
  });

  it("is nothing without secondaries, and unknown without a primary", () => {
    expect(lagOf([{ stateStr: "PRIMARY", optimeDate: at(1) }])).toBe(0);
    expect(lagOf([{ stateStr: "SECONDARY", optimeDate: at(1) }])).toBeNull();
  });
});

describe("privileges", () => {
  const on = { db: "app", collection: "chats" };

  it("are enough when the role readWrite grants them on the database", () => {
    const readWrite = [
      { resource: { db: "app", collection: "" }, actions: [...neededActions, "dropCollection"] },
    ];
    expect(lackingActions(readWrite, on)).toEqual([]);
  });

  it("lack all that writes for a user who may only read", () => {
    const read = [{ resource: { db: "app", collection: "" }, actions: ["find", "listIndexes"] }];
    expect(lackingActions(read, on)).toEqual(["insert", "update", "remove", "createIndex"]);
  });

  it("of another database or collection do not count", () => {
    const elsewhere = [
      { resource: { db: "other", collection: "" }, actions: [...neededActions] },
      { resource: { db: "app", collection: "messages" }, actions: [...neededActions] },
    ];
    expect(lackingActions(elsewhere, on)).toEqual(neededActions);
  });

  it("of a superuser are all there are", () => {
    expect(lackingActions([{ resource: { anyResource: true }, actions: ["anyAction"] }], on)).toEqual([]);
  });
});
