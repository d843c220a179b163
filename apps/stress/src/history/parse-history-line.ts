import { HistoryLine } from "./history-line.ts";

/** @throws Error that says what is wrong with the line */
export function parseHistoryLine(text: string): HistoryLine {
  return HistoryLine.parse(JSON.parse(text));
}
