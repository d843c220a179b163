import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { HistoryLine } from "./history-line.ts";

/** Appends to a history; disposing of it ends the file. */
export interface HistoryWriter extends AsyncDisposable {
  write(line: HistoryLine): void;
  /**
   * Resolves when there is room for more: whoever awaits it now and then needs little memory however slow the disk is.
   *
   * @throws Error of the disk, when it does not take any more
   */
  settled(): Promise<void>;
}

/** Text goes to the compressor in pieces of this many characters. */
const pieceLength = 64 * 1024;
/** After so long, everything written until then can be read even if this process is killed. */
const flushMs = 500;

/**
 * Opens a new history: a line of JSON per record, compressed.
 *
 * @throws Error when the file exists already or cannot be written; later errors of the disk reject `settled` and the
 *   disposal
 */
export async function openHistory(path: string): Promise<HistoryWriter> {
  const file = createWriteStream(path, { flags: "wx" });
  await once(file, "open");
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const finished = pipeline(gzip, file);
  // Without a listener of its own a failing disk would end the process before anybody could be told.
  finished.catch(() => undefined);
  let text = "";
  let flushedAt = performance.now();
  return {
    write(line) {
      text += `${JSON.stringify(line)}\n`;
      // Even of a run that is killed at once it is to be seen what it was.
      const isUrgent = line.type === "history" || performance.now() - flushedAt >= flushMs;
      if (gzip.destroyed || (!isUrgent && text.length < pieceLength)) return;
      gzip.write(text);
      text = "";
      if (!isUrgent) return;
      gzip.flush(constants.Z_SYNC_FLUSH);
      flushedAt = performance.now();
    },
    async settled() {
      await Promise.race([finished, gzip.writableNeedDrain ? once(gzip, "drain") : null]);
    },
    async [Symbol.asyncDispose]() {
      gzip.end(text);
      text = "";
      await finished;
    },
  };
}
