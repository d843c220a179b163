import { z } from "zod";
import { HistoryLine } from "./history-line.ts";
import { operationDefect } from "./operation-defect.ts";
import { plainLine } from "./plain-line.ts";

/** @throws Error that says what is wrong with the line */
export function parseHistoryLine(text: string): HistoryLine {
  const value: unknown = JSON.parse(text);
  const plain = plainLine(value);
  if (plain !== null) return plain;
  const parsed = HistoryLine.safeParse(value);
  if (!parsed.success) {
    const reasons = z.prettifyError(parsed.error).replaceAll(/✖ |\n */g, " ");
    throw new Error(reasons.trim());
  }
  const line = parsed.data;
  const defect = line.type === "op" ? operationDefect(line) : null;
  if (defect !== null) throw new Error(defect);
  return line;
}
