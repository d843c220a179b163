import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { z } from "zod";
import { type History, historyOf, refuseMisplaced } from "./history.ts";
import { HistoryLine } from "./history-line.ts";

/** The file is no history, or is damaged; the message names the file and the line. */
export class UnreadableHistory extends Error {
  override readonly name = "UnreadableHistory";
}

const pieceBytes = 1024 * 1024;

/**
 * Reads a history. Of a file that was cut short it gives everything that is whole; then `footer` is `null`.
 *
 * @throws UnreadableHistory when there is no such file, it is no history, or a line of it is malformed
 */
export async function readHistory(path: string): Promise<History> {
  const lines: HistoryLine[] = [];
  const parse = lineParser();
  let count = 0;
  try {
    let rest = "";
    for await (const piece of decompressed(path)) {
      // A last line without its end is what a killed process leaves behind: it is not read.
      const texts = (rest + piece).split("\n");
      rest = texts.pop() ?? "";
      for (const text of texts) {
        count += 1;
        const line = parse(text);
        refuseMisplaced(line, lines.at(-1));
        lines.push(line);
      }
    }
    return historyOf(lines);
  } catch (error) {
    const place = count > 0 ? `${path}, line ${count}` : path;
    throw new UnreadableHistory(`${place}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Asked to give what it has at the end of its input, the decompressor takes a file that is cut short. */
function decompressed(path: string): AsyncIterable<string> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: pieceBytes });
  gunzip.setEncoding("utf8");
  return pipeline(createReadStream(path, { highWaterMark: pieceBytes }), gunzip, () => undefined);
}

/** Names that come again and again are held once: a million operations have a tenth as many keys and ids. */
function lineParser(): (text: string) => HistoryLine {
  const names = new Map<string, string>();
  const once = <T extends string | null>(name: T): T => {
    if (name === null) return name;
    const known = names.get(name) as T | undefined;
    if (known === undefined) names.set(name, name);
    return known ?? name;
  };
  return (text) => {
    const parsed = HistoryLine.safeParse(JSON.parse(text));
    if (!parsed.success)
      throw new Error(
        z
          .prettifyError(parsed.error)
          .replaceAll(/✖ |\n */g, " ")
          .trim(),
      );
    const line = parsed.data;
    if (line.type !== "op") return line;
    line.key = once(line.key);
    line.process = once(line.process);
    line.id = once(line.id);
    line.asked = once(line.asked);
    return line;
  };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT") return "there is no such file";
  if (code === "Z_DATA_ERROR") return "it is not compressed by gzip, or is damaged";
  return error instanceof Error ? error.message : String(error);
}
