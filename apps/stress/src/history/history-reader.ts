import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { type History, type HistoryBuilder, historyBuilder } from "./history.ts";
import { parseHistoryLine } from "./parse-history-line.ts";
import { UnreadableHistory } from "./unreadable-history.ts";

/**
 * Reads a history. Of a file that was cut short it gives everything that is whole; then `footer` is `null`.
 *
 * @throws UnreadableHistory when there is no such file, it is no history, or a line of it is malformed
 */
export async function readHistory(path: string): Promise<History> {
  let builder: HistoryBuilder | null = null;
  let line = 0;
  try {
    for await (const text of wholeLines(path)) {
      line += 1;
      builder = addLine(builder, text);
    }
  } catch (error) {
    throw new UnreadableHistory(`${path}${line > 0 ? `, line ${line}` : ""}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  if (builder === null) throw new UnreadableHistory(`${path}: there is nothing in it`);
  return builder.history();
}

function addLine(builder: HistoryBuilder | null, text: string): HistoryBuilder {
  const parsed = parseHistoryLine(text);
  if (builder !== null) {
    builder.add(parsed);
    return builder;
  }
  if (parsed.type !== "history") throw new Error(`begins with "${parsed.type}" and not with "history"`);
  return historyBuilder(parsed);
}

/** A last line without its end is what a killed process leaves behind: it is not given. */
async function* wholeLines(path: string): AsyncGenerator<string, void, void> {
  // Asked to give what it has at the end of the input, the decompressor takes a file that is cut short.
  const text = pipeline(
    createReadStream(path, { highWaterMark: 256 * 1024 }),
    createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: 256 * 1024 }),
    // An error reaches whoever iterates.
    () => undefined,
  );
  text.setEncoding("utf8");
  let rest = "";
  for await (const chunk of text as AsyncIterable<string>) {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
