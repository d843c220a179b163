import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { type History, type HistoryBuilder, historyBuilder } from "./history.ts";
import { parseHistoryLine } from "./parse-history-line.ts";
import { UnreadableHistory } from "./unreadable-history.ts";

const pieceBytes = 1024 * 1024;
const newline = 10;

/**
 * Reads a history. Of a file that was cut short it gives everything that is whole; then `footer` is `null`.
 *
 * @throws UnreadableHistory when there is no such file, it is no history, or a line of it is malformed
 */
export async function readHistory(path: string): Promise<History> {
  const lines = lineReader();
  try {
    for await (const piece of decompressed(path)) lines.read(piece);
    return lines.history();
  } catch (error) {
    const place = lines.count() > 0 ? `${path}, line ${lines.count()}` : path;
    throw new UnreadableHistory(`${place}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Asked to give what it has at the end of its input, the decompressor takes a file that is cut short. */
function decompressed(path: string): AsyncIterable<Buffer> {
  return pipeline(
    createReadStream(path, { highWaterMark: pieceBytes }),
    createGunzip({ finishFlush: constants.Z_SYNC_FLUSH, chunkSize: pieceBytes }),
    // An error reaches whoever iterates.
    () => undefined,
  );
}

interface LineReader {
  /** A last line without its end is what a killed process leaves behind: it is not read. */
  read(piece: Buffer): void;
  history(): History;
  /** Of lines, the one under way included. */
  count(): number;
}

function lineReader(): LineReader {
  let builder: HistoryBuilder | null = null;
  let rest: Buffer = Buffer.alloc(0);
  let count = 0;

  const add = (bytes: Buffer, from: number, until: number): void => {
    count += 1;
    if (builder?.scan(bytes, from, until) === true) return;
    const line = parseHistoryLine(bytes.toString("utf8", from, until));
    if (builder !== null) builder.add(line);
    else if (line.type === "history") builder = historyBuilder(line);
    else throw new Error(`a history begins with "history", and not with "${line.type}"`);
  };

  return {
    read(piece) {
      let end = piece.indexOf(newline);
      if (end === -1) {
        rest = Buffer.concat([rest, piece]);
        return;
      }
      const first = Buffer.concat([rest, piece.subarray(0, end)]);
      add(first, 0, first.length);
      let from = end + 1;
      for (end = piece.indexOf(newline, from); end !== -1; end = piece.indexOf(newline, from)) {
        add(piece, from, end);
        from = end + 1;
      }
      rest = piece.subarray(from);
    },
    history() {
      if (builder === null) throw new Error("there is no history in it");
      return builder.history();
    },
    count: () => count,
  };
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT") return "there is no such file";
  if (code === "Z_DATA_ERROR") return "it is not compressed by gzip, or is damaged";
  return error instanceof Error ? error.message : String(error);
}
