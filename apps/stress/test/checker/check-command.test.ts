import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type ExitName, exits } from "../../src/exit-codes.ts";
import { stress } from "../../src/cli/program.ts";
import type { Register } from "../../src/history/history-line.ts";
import { created, got, register, storyLines, stored, type Story, type Told } from "./told.ts";
import { testHost } from "../test-host.ts";

interface Said {
  readonly exit: ExitName;
  readonly out: string;
  readonly err: string;
}

/** Checks a saved history as a user would; `null` for a file that is not there. */
async function checked(story: Story | null, json = false): Promise<Said> {
  const directory = await mkdtemp(join(tmpdir(), "stress-check-"));
  try {
    if (story !== null) {
      const text = storyLines(story).map((line) => `${JSON.stringify(line)}\n`);
      await writeFile(join(directory, "history.ndjson.gz"), gzipSync(text.join("")));
    }
    const host = testHost();
    const code = await stress(["check", directory, ...(json ? ["--json"] : [])], host);
    const exit = (Object.keys(exits) as ExitName[]).find((name) => exits[name].code === code) ?? "bug";
    return { exit, ...host.written };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const ours: readonly Told[] = [created("x", 1e6, 5e6), got("x", 2e6, 6e6)];
const split: readonly Told[] = [created("x", 1e6, 5e6), created("y", 2e6, 6e6)];
const control = (variant: Register["variant"]): Register =>
  register({ key: variant, variant, participants: [variant] });
const by = (variant: string, calls: readonly Told[]): readonly Told[] =>
  calls.map((call) => ({ ...call, key: variant, id: `${variant}-${call.id}` }));

function withControls(
  calls: readonly Told[],
  controls: Readonly<Partial<Record<Register["variant"], readonly Told[]>>>,
): Story {
  const variants = Object.keys(controls) as Register["variant"][];
  return {
    registers: [register(), ...variants.map(control)],
    calls: [...calls, ...variants.flatMap((variant) => by(variant, controls[variant] ?? []))],
    audit: [
      stored([...new Set(calls.flatMap(({ id }) => id ?? []))]),
      ...variants.map((variant) => ({
        ...stored([], {}, variant),
        live: [...new Set((controls[variant] ?? []).map(({ id }) => `${variant}-${id}`))].map((id) => ({
          id,
          participants: [variant],
          scope: "",
        })),
      })),
    ],
  };
}

describe("check", () => {
  test("passes a contended history in which the naive control broke", async () => {
    const { exit, out, err } = await checked(withControls(ours, { naive: split }));
    expect(exit).toBe("pass");
    expect(err).toBe("");
    expect(out).toMatchInlineSnapshot(`
      "PASS: exactly one chat for every set of people

        onechat       calls  keys  contended  at once  races lost  unknown
        domain burst      2     1          1        2           1        0

        control naive breaks, as it must: SPLIT_ID on 1 key, DOUBLE_CREATED on 1 key, DUPLICATE on 1 key

      run story, profile test, seed 1: 4 operations on 2 keys
      "
    `);
  });

  test("shows every anomaly with the operations that prove it", async () => {
    const { exit, out } = await checked(withControls(split, { naive: split }));
    expect(exit).toBe("anomaly");
    expect(out).toMatchInlineSnapshot(`
      "ANOMALY: an anomaly was found: there was not exactly one chat
        SPLIT_ID on 1 key
        DOUBLE_CREATED on 1 key
        DUPLICATE on 1 key

      SPLIT_ID on k: 2 different ids were answered, such as x and y
          op 1 w1: ensure from 0.001000 s for 4.00 ms → x, created
          op 2 w1: ensure from 0.002000 s for 4.00 ms → y, created

      DOUBLE_CREATED on k: 2 calls were told that they had created the chat
          op 1 w1: ensure from 0.001000 s for 4.00 ms → x, created
          op 2 w1: ensure from 0.002000 s for 4.00 ms → y, created

      DUPLICATE on k: the database holds 2 live chats of these people, such as x and y
          op 1 w1: ensure from 0.001000 s for 4.00 ms → x, created
          op 2 w1: ensure from 0.002000 s for 4.00 ms → y, created

        onechat       calls  keys  contended  at once  races lost  unknown
        domain burst      2     1          1        2           0        0

        control naive breaks, as it must: SPLIT_ID on 1 key, DOUBLE_CREATED on 1 key, DUPLICATE on 1 key

      run story, profile test, seed 1: 4 operations on 2 keys
      "
    `);
  });

  test("an anomaly of a control is none of onechat", async () => {
    const { exit, out } = await checked(withControls(ours, { naive: split, mongoose: split }));
    expect(exit).toBe("pass");
    expect(out).toContain("control mongoose breaks: SPLIT_ID on 1 key, DOUBLE_CREATED on 1 key");
  });

  test("what the bare driver suffers too is said to be the database's doing, and fails all the same", async () => {
    const gone = { ...withControls(ours, { naive: split, raw: ours }), audit: [] };
    const lost = { ...gone, audit: [stored([]), ...["naive", "raw"].map((key) => stored([], {}, key))] };
    const { exit, out } = await checked(lost);
    expect(exit).toBe("anomaly");
    expect(out).toContain("LOST on 1 key; the bare driver shows the same: suspect the database");
  });

  test("a naive control that did not break makes the rest worthless", async () => {
    const { exit, out } = await checked(withControls(ours, { naive: ours }));
    expect(exit).toBe("unknown");
    expect(out).toContain("the naive control was not caught");
  });

  test("a fault that hit nothing proves nothing", async () => {
    const fault = { type: "fault", fault: "db-kill", target: "database" } as const;
    const faults = [
      { ...fault, event: "inject", at: 9e9 },
      { ...fault, event: "heal", at: 9.1e9 },
    ] as const;
    const { exit, out } = await checked({ ...withControls(ours, { naive: split }), faults });
    expect(exit).toBe("unknown");
    expect(out).toContain("the fault db-kill on database hit nothing that was under way");
  });

  test("a history that was cut short proves nothing, but may show an anomaly", async () => {
    expect((await checked({ calls: ours, cutShort: true })).exit).toBe("unknown");
    expect((await checked({ calls: split, cutShort: true })).exit).toBe("anomaly");
  });

  test("a file that is not there, or is no history, is a wrong argument", async () => {
    const { exit, out, err } = await checked(null);
    expect([exit, out]).toEqual(["config", ""]);
    expect(err).toMatch(/history\.ndjson\.gz: there is no such file\n$/);
  });

  test("says the same to programs, with the operations themselves", async () => {
    const { exit, out } = await checked(withControls(split, { naive: split }), true);
    expect(exit).toBe("anomaly");
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      verdict: "anomaly",
      operations: 4,
      keys: 2,
      anomalies: [
        {
          name: "SPLIT_ID",
          key: "k",
          witnesses: [1, 2],
          operations: [
            { op: 1, id: "x" },
            { op: 2, id: "y" },
          ],
        },
        { name: "DOUBLE_CREATED" },
        { name: "DUPLICATE" },
      ],
      controlAnomalies: [
        { name: "SPLIT_ID", key: "naive" },
        { name: "DOUBLE_CREATED" },
        { name: "DUPLICATE" },
      ],
    });
  });
});
