import { readFile, writeFile } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { until } from "@onechat/testing";
import { describe, expect, test } from "vitest";
import type { History } from "../../src/history/history.ts";
import type { HistoryLine } from "../../src/history/history-line.ts";
import { readHistory, UnreadableHistory } from "../../src/history/read-history.ts";
import { openHistory } from "../../src/history/write-history.ts";
import { allLines, footer, header, operation, register } from "./lines.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** All lines of a history, by kind. */
function linesOf({ header: first, registers, operations, faults, machine, audit, footer: last }: History) {
  const lines = [first, ...registers, ...operations, ...faults, ...machine, ...audit];
  return last === null ? lines : [...lines, last];
}

async function write(path: string, lines: readonly HistoryLine[]): Promise<void> {
  await using history = await openHistory(path);
  for (const line of lines) history.write(line);
  await history.settled();
}

describe("a history", () => {
  test("is read as it was written", async () => {
    await using directory = await temporaryDirectory();
    await write(directory.file("h.gz"), allLines);
    expect(linesOf(await readHistory(directory.file("h.gz")))).toEqual(allLines);
  });

  test("is a line of JSON per record, for other tools", async () => {
    await using directory = await temporaryDirectory();
    await write(directory.file("h.gz"), allLines);
    const text = gunzipSync(await readFile(directory.file("h.gz"))).toString("utf8");
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(allLines);
  });

  test("keeps every operation in its order, also when nobody waits for the disk", async () => {
    await using directory = await temporaryDirectory();
    const operations = Array.from({ length: 20_000 }, (_, index) =>
      operation(index + 1, { key: `key ${index % 7}`, intended: index % 2 === 0 ? index : null }),
    );
    {
      await using history = await openHistory(directory.file("h.gz"));
      for (const line of [header, ...operations]) history.write(line);
    }
    const { operations: table } = await readHistory(directory.file("h.gz"));
    expect(table).toEqual(operations);
  });

  test("never overwrites another one", async () => {
    await using directory = await temporaryDirectory();
    await write(directory.file("h.gz"), allLines);
    await expect(openHistory(directory.file("h.gz"))).rejects.toThrow("EEXIST");
    await expect(openHistory(directory.file("nowhere/h.gz"))).rejects.toThrow("ENOENT");
  });
});

describe("a history that was cut short", () => {
  test("gives the lines that are whole, wherever it was cut", async () => {
    await using directory = await temporaryDirectory();
    await write(directory.file("h.gz"), allLines);
    const bytes = await readFile(directory.file("h.gz"));
    let longest = 0;
    for (let length = bytes.length - 1; length > 0; length -= 7) {
      await writeFile(directory.file("cut.gz"), bytes.subarray(0, length));
      const read = await readHistory(directory.file("cut.gz")).catch((error: unknown) => error);
      const lines = read instanceof UnreadableHistory ? [] : linesOf(read as History);
      expect(lines).toEqual(allLines.slice(0, lines.length));
      longest = Math.max(longest, lines.length);
    }
    expect(longest).toBeGreaterThan(2);
  });

  test("says so by having no last line", async () => {
    await using directory = await temporaryDirectory();
    const text = allLines.map((line) => JSON.stringify(line)).join("\n");
    await writeFile(directory.file("cut.gz"), gzipSync(text));
    const read = await readHistory(directory.file("cut.gz"));
    expect(read.footer).toBeNull();
    expect(linesOf(read)).toEqual(allLines.slice(0, -1));
  });

  test("holds what was written some time before its writer died", async () => {
    await using directory = await temporaryDirectory();
    await using history = await openHistory(directory.file("h.gz"));
    history.write(header);
    for (let op = 1; op <= 20_000; op += 1) history.write(operation(op));
    await history.settled();
    const onDisk = await until("a part of the history to be on the disk", async () => {
      const { operations } = await readHistory(directory.file("h.gz"));
      return operations.length > 1_000 && operations.length;
    });
    expect(onDisk).toBeLessThanOrEqual(20_000);
  });
});

describe("what is no history", () => {
  async function readError(content: string | Buffer): Promise<string> {
    await using directory = await temporaryDirectory();
    await writeFile(directory.file("h.gz"), content);
    const error = await readHistory(directory.file("h.gz")).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UnreadableHistory);
    return (error as UnreadableHistory).message.replace(directory.file("h.gz"), "FILE");
  }
  const ofLines = (...lines: readonly unknown[]): Promise<string> =>
    readError(
      gzipSync(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("")),
    );

  test("a file that is not there", async () => {
    await expect(readHistory("/nowhere/h.gz")).rejects.toThrow("/nowhere/h.gz: there is no such file");
  });

  test("a file of another kind, an empty one, or one that is damaged", async () => {
    expect(await readError("a text")).toBe("FILE: it is not compressed by gzip, or is damaged");
    expect(await readError("")).toBe("FILE: there is no history in it");
    const damaged = gzipSync(allLines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    damaged.fill(0x55, 40, 80);
    expect(await readError(damaged)).toMatch(/^FILE.*(damaged|line)/);
  });

  test("lines without a header, or with two", async () => {
    expect(await ofLines(register)).toBe(
      'FILE, line 1: a history begins with "history", and not with "register"',
    );
    expect(await ofLines(header, register, header)).toBe("FILE, line 3: there is a second header");
  });

  test("a line after the last one", async () => {
    expect(await ofLines(header, footer, operation(1))).toBe(
      "FILE, line 3: there is a line after the last one",
    );
  });

  test("a line that is no JSON, or of an unknown type", async () => {
    expect(await ofLines(header, "{")).toMatch(/^FILE, line 2: .*JSON/);
    expect(await ofLines(header, { type: "surprise" })).toMatch(/^FILE, line 2: .*type/);
  });

  test("a register or an operation with a wrong field, which is named", async () => {
    expect(await ofLines(header, { ...register, variant: "theirs" })).toMatch(/^FILE, line 2: .*variant/);
    expect(await ofLines(header, { ...operation(1), start: "soon" })).toMatch(/^FILE, line 2: .*start/);
    expect(await ofLines(header, { ...operation(1), op: 1.5 })).toMatch(/^FILE, line 2: .*op/);
  });

  test("a history of a later version", async () => {
    expect(await ofLines({ ...header, version: 2 })).toMatch(/^FILE, line 1: .*version/);
  });

  test.each([
    [{ id: null }, 'operation 1, "ensure", is "ok" without saying which chat'],
    [{ kind: "find" }, 'operation 1, "find", says that it created'],
    [{ asked: "a" }, 'operation 1, "ensure", says which id was asked for'],
    [{ kind: "resolve", created: null }, 'operation 1, "resolve", does not say which id was asked for'],
    [{ kind: "merge", created: null, asked: "a", id: "a" }, "operation 1 merges a into itself"],
    [
      { kind: "merge", created: null, asked: "a", id: null },
      'operation 1, "merge", does not say into which id',
    ],
    [{ outcome: "unknown" }, 'operation 1 is "unknown" and has an answer'],
    [{ error: { reason: "E11000", message: "" } }, 'operation 1 is "ok" and has an error'],
  ] as const)("an operation that contradicts itself: %j", async (more, problem) => {
    expect(await ofLines(header, operation(1, more))).toBe(`FILE, line 2: ${problem}`);
  });
});
