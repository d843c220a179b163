import type { MigrationEvent } from "@onechat/chat-domain/migrate";
import { Long, ObjectId, UUID } from "bson";
import { describe, expect, it } from "vitest";
import { jsonLines } from "../src/json-lines.ts";
import { jsonLine } from "../src/plain-json.ts";

const chat = new ObjectId("65f0c0ffee0123456789abcd");

describe("JSON lines", () => {
  it("hold one event each, with the run it belongs to, and end with one summary", () => {
    let written = "";
    const lines = jsonLines({
      out: (text) => void (written += text),
      now: () => new Date(0),
      mask: (text) => text.replaceAll("secret", "***"),
    });
    const counts = {} as Extract<MigrationEvent, { event: "run.end" }>["counts"];
    const events: readonly MigrationEvent[] = [
      { event: "lock.acquired", fence: 3, takenOver: false },
      { event: "run.start", run: "r1", command: "up", to: "settle", resumed: false },
      { event: "chat.parked", chat, reason: "it has no participants" },
      { event: "batch.retry", phase: "merge", reason: "a secret failure" },
      { event: "run.end", run: "r1", outcome: "done", counts },
    ];
    for (const event of events) lines.event(event);
    lines.end({ exit: 6, outcome: "parked" });
    const ts = "1970-01-01T00:00:00.000Z";
    expect(
      written
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { v: 1, ts, run: null, event: "lock.acquired", fence: 3, takenOver: false },
      { v: 1, ts, run: "r1", event: "run.start", command: "up", to: "settle", resumed: false },
      {
        v: 1,
        ts,
        run: "r1",
        event: "chat.parked",
        chat: chat.toHexString(),
        reason: "it has no participants",
      },
      { v: 1, ts, run: "r1", event: "batch.retry", phase: "merge", reason: "a *** failure" },
      { v: 1, ts, run: "r1", event: "run.end", exit: 6, outcome: "parked" },
    ]);
  });

  it("show ids of every type as plain text", () => {
    const uuid = "0b0e7c2e-6a4a-4b0e-9a6c-0123456789ab";
    expect(
      JSON.parse(jsonLine({ ids: [chat, new UUID(uuid), Long.fromString("9007199254740993"), "c1"] })),
    ).toEqual({
      ids: [chat.toHexString(), uuid, "9007199254740993", "c1"],
    });
  });
});
