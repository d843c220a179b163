import { z } from "zod";
import { HistoryLine } from "./history-line.ts";
import { operationDefect } from "./operation-defect.ts";
import { operationScanner } from "./operation-scanner.ts";

/**
 * Reads the line between two places of a buffer. What it gives is good only until the next line is read.
 *
 * @throws Error that says what is wrong with it
 */
export type LineParser = (bytes: Buffer, from: number, until: number) => HistoryLine;

export function lineParser(): LineParser {
  const scanOperation = operationScanner();
  return (bytes, from, until) => {
    const line = scanOperation(bytes, from, until) ?? generalLine(bytes.toString("utf8", from, until));
    const defect = line.type === "op" ? operationDefect(line) : null;
    if (defect !== null) throw new Error(defect);
    return line;
  };
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
