import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { HistoryLine } from "./history-line.ts";

/** Appends to a history; disposing of it ends the file. */
export interface HistoryWriter extends AsyncDisposable {
  /** Resolves when there is room for more, so whoever awaits it needs little memory however slow the disk is. */
  write(line: HistoryLine): Promise<void>;
}

/** Text goes to the compressor in pieces of this many characters. */
const pieceLength = 64 * 1024;
/** After so long, everything written until then can be read even if this process is killed. */
const flushMs = 500;

/**
 * Opens a new history: a line of JSON per record, compressed.
 *
 * @throws Error when the file exists already or cannot be written; later errors of the disk reject `write` and the
 *   disposal
 */
export async function openHistory(path: string): Promise<HistoryWriter> {
  const file = createWriteStream(path, { flags: "wx" });
  await once(file, "open");
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const finished = pipeline(gzip, file);
  const failed = finished.then(() => new Promise<never>(() => undefined));
  // Without a listener of its own a failing disk would end the process before anybody could be told.
  failed.catch(() => undefined);

  let text = "";
  let flushedAt = performance.now();
  let room: Promise<void> = Promise.resolve();
  let isFull = false;

  const send = (isUrgent: boolean): Promise<void> => {
    const hasRoom = gzip.write(text);
    text = "";
    if (isUrgent) {
      gzip.flush(constants.Z_SYNC_FLUSH);
      flushedAt = performance.now();
    }
    if (!hasRoom && !isFull) {
      isFull = true;
      room = Promise.race([once(gzip, "drain").then(() => void (isFull = false)), failed]);
    }
    return room;
  };

  return {
    write(line) {
      text += `${JSON.stringify(line)}\n`;
      // Even of a run that is killed at once it is to be seen what it was.
      const isUrgent = line.type === "history" || performance.now() - flushedAt >= flushMs;
      return isUrgent || text.length >= pieceLength ? send(isUrgent) : room;
    },
    async [Symbol.asyncDispose]() {
      gzip.end(text);
      text = "";
      await finished;
    },
  };
}
