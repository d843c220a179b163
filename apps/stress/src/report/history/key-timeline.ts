import type { History } from "../../history/history.ts";
import type { AuditedKey, Register } from "../../history/history-line.ts";
import { cell, nothing, operationAt } from "../../history/operation-table.ts";
import type { Operation } from "../../history/operation.ts";
import type { Anomaly } from "../../result/stress-result.ts";
import type { KeyTimeline, KeyWindow, OperationRow } from "../report-data.ts";
import { shortened, visibleText } from "../text/visible-text.ts";
import { creationWindow, type CreationWindow } from "./creation-window.ts";
import { sampleRows } from "./sample-rows.ts";

export interface TimelineInput {
  readonly register: Register;
  readonly rows: Int32Array;
  readonly why: KeyTimeline["why"];
  readonly widest: number;
  readonly anomalies: readonly Anomaly[];
  /** Operations that may be drawn. */
  readonly limit: number;
}

/** All that is needed to draw a key: whole where it fits, else the operations that matter and their neighbours. */
export function keyTimeline(history: History, input: TimelineInput): KeyTimeline {
  const { register, rows, why, widest, anomalies, limit } = input;
  const { operations: table, audit } = history;
  const window = creationWindow(table, rows, register);
  const witnesses = new Set(anomalies.flatMap((anomaly) => anomaly.witnesses));
  const drawn = sampleRows(table, rows, { window, witnesses, limit });
  const names = { processes: indexed(), ids: indexed(), errors: indexed() };
  const origin = cell(table.start, drawn[0] ?? nothing);
  const operations = drawn.map((row) => rowOf(operationAt(table, row), origin, names));
  return {
    key: drawable(register.key, 300),
    variant: register.variant,
    path: register.path,
    workload: register.workload,
    participants: participantsText(register),
    why,
    widest,
    total: rows.length,
    anomalies: anomalies.map(({ name, text, witnesses: ops }) => ({
      name,
      text: drawable(text, 500),
      witnesses: ops,
    })),
    window: window === null ? null : drawnWindow(window, (row) => cell(table.op, row)),
    origin,
    audit: auditText(audit.find(({ key }) => key === register.key)),
    processes: names.processes.list.map((text) => drawable(text, 80)),
    ids: names.ids.list.map((text) => drawable(text, 80)),
    errors: names.errors.list.map((text) => drawable(text, 400)),
    operations,
  };
}

/** The script of the page shows texts as they are. */
function drawable(text: string, limit: number): string {
  return visibleText(shortened(text, limit));
}

function participantsText({ participants, scope }: Register): string {
  const few = participants.slice(0, 8).map((id) => drawable(id, 40));
  const rest = participants.length - few.length;
  const people = rest > 0 ? `${few.join(", ")} and ${rest} more` : few.join(", ");
  return scope === "" ? people : `${people} in ${drawable(scope, 60)}`;
}

function drawnWindow(window: CreationWindow, opOf: (row: number) => number): KeyWindow {
  const { from, fromRow, until, untilRow } = window;
  return {
    from,
    fromOp: opOf(fromRow),
    until: Number.isFinite(until) ? until : null,
    untilOp: opOf(untilRow),
  };
}

function auditText(audit: AuditedKey | undefined): string | null {
  if (audit === undefined) return null;
  const live = audit.live.slice(0, 4).map(({ id }) => drawable(id, 60));
  const chats = `${audit.live.length} live ${audit.live.length === 1 ? "chat" : "chats"}`;
  const retired =
    audit.redirects.length === 0
      ? ""
      : `; ${audit.redirects.length} retired ${audit.redirects.length === 1 ? "id leads" : "ids lead"} on`;
  return `${chats}${live.length === 0 ? "" : `: ${live.join(", ")}${audit.live.length > 4 ? ", …" : ""}`}${retired}`;
}

interface Indexed {
  readonly list: string[];
  readonly indexOf: (text: string | null) => number;
}

function indexed(): Indexed {
  const list: string[] = [];
  const numbers = new Map<string, number>();
  return {
    list,
    indexOf(text) {
      if (text === null) return nothing;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, list.length);
      return list.push(text) - 1;
    },
  };
}

function rowOf(
  { op, kind, process, start, end, outcome, id, created, asked, error }: Operation,
  origin: number,
  { processes, ids, errors }: Readonly<Record<"processes" | "ids" | "errors", Indexed>>,
): OperationRow {
  const reason = error === null ? null : `${error.reason}: ${error.message}`;
  return [
    op,
    kind,
    processes.indexOf(process),
    Math.round(start - origin),
    Math.round(end - origin),
    outcome,
    ids.indexOf(id),
    created,
    ids.indexOf(asked),
    errors.indexOf(reason),
  ];
}
