import { shortened, visibleText } from "./text/visible-text.ts";
import type { Cell, ReportView, Table } from "./view.ts";

const rowsShown = 60;
const marks = { good: "✅", bad: "❌", unsure: "⚠️" };

/** The report for where Markdown is shown, sections in the order of their weight; the last ones go when it is too long. */
export function summaryMarkdown(view: ReportView, limitBytes: number): string {
  const tables = view.sections.flatMap(({ title, tables: own }) =>
    own
      .filter(({ isDetail, rows }) => !isDetail && rows.length > 0)
      .map((table) => `### ${title}\n\n${tableText(table)}`),
  );
  return fitting([headPart(view), ...tables], limitBytes);
}

function headPart({ tone, title, meaning, about, result }: ReportView): string {
  const { headline, reasons, notes, reproduce, subject, profile } = result;
  const lines = [
    ...(headline === null ? [] : [`**${escaped(headline)}**`]),
    ...reasons.slice(0, 20).map(escaped),
  ];
  return [
    `## ${marks[tone]} stress ${escaped(profile)} of ${escaped(subject)}: ${title}`,
    lines.length === 0 ? meaning : lines.map((each) => `- ${each}`).join("\n"),
    ...(notes.length === 0 ? [] : [notes.map((note) => `> ${escaped(note)}`).join("\n>\n")]),
    escaped(about),
    codeBlock(reproduce),
  ].join("\n\n");
}

function tableText({ caption, columns, rows }: Table): string {
  const rest = rows.length - rowsShown;
  return [
    escaped(caption),
    "",
    line(columns.map(({ head }) => escaped(head))),
    line(columns.map(({ isNumber }) => (isNumber ? "--:" : "---"))),
    ...rows.slice(0, rowsShown).map((row) => line(row.map(cellText))),
    ...(rest > 0 ? ["", `… and ${rest} more`] : []),
  ].join("\n");
}

function cellText({ text, under = [] }: Cell): string {
  return [text, ...under].map(escaped).join("<br>");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function escaped(text: string): string {
  return visibleText(shortened(text, 300))
    .replaceAll(/[\t\n ]+/g, " ")
    .replaceAll(/[\\`*_[\]|~#!]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** Longer than any run of backticks inside. */
function codeBlock(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}sh\n${visibleText(text)}\n${fence}`;
}

function fitting(parts: readonly string[], limitBytes: number): string {
  let text = "";
  for (const [i, part] of parts.entries()) {
    const longer = `${text}${i === 0 ? "" : "\n\n"}${part}`;
    const end = i === parts.length - 1 ? "\n" : "\n\n… the rest is in the report\n";
    if (Buffer.byteLength(longer + end) > limitBytes)
      return text === "" ? "" : `${text}\n\n… the rest is in the report\n`;
    text = longer;
  }
  return `${text}\n`;
}
