import { z } from "zod";
import { HistoryLine } from "./history-line.ts";
import { operationDefect } from "./operation-defect.ts";
import { type Line, scanOperation } from "./scan-operation.ts";
import type { TextMemory } from "./text-memory.ts";

/** @throws Error that says what is wrong with the line */
export function parseHistoryLine(line: Line, texts: TextMemory): HistoryLine {
  const parsed =
    scanOperation(line, texts) ?? generalLine(line.bytes.toString("utf8", line.from, line.until));
  const defect = parsed.type === "op" ? operationDefect(parsed) : null;
  if (defect !== null) throw new Error(defect);
  return parsed;
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
