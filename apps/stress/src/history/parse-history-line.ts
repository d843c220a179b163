import { z } from "zod";
import { HistoryLine } from "./history-line.ts";
import { operationDefect } from "./operation-defect.ts";
import { scanOperation } from "./scan-operation.ts";

/**
 * Reads the line that lies between two places of a buffer.
 *
 * @throws Error that says what is wrong with it
 */
export function parseHistoryLine(bytes: Buffer, from: number, until: number): HistoryLine {
  const line = scanOperation(bytes, from, until) ?? generalLine(bytes.toString("utf8", from, until));
  const defect = line.type === "op" ? operationDefect(line) : null;
  if (defect !== null) throw new Error(defect);
  return line;
}

function generalLine(text: string): HistoryLine {
  const parsed = HistoryLine.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  throw new Error(
    z
      .prettifyError(parsed.error)
      .replaceAll(/✖ |\n */g, " ")
      .trim(),
  );
}
