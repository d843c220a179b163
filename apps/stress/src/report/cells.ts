import { countText } from "./text/figure-text.ts";
import type { AnomalyGroup } from "./anomaly-groups.ts";
import type { Cell, Column, Table } from "./view.ts";

export function number(head: string): Column {
  return { head, isNumber: true };
}

export function text(head: string): Column {
  return { head };
}

/** A variant as a cell: the subject under its own name. */
export function variantCell(variant: string, subject: string): Cell {
  return { text: nameOf(variant, subject), variant };
}

export function nameOf(variant: string, subject: string): string {
  return variant === "ours" ? subject : variant;
}

export function anomalyTable(caption: string, groups: readonly AnomalyGroup[]): Table {
  return {
    caption,
    columns: [text("Anomaly"), text("Where"), number("Keys"), text("First key"), text("What proves it")],
    rows: groups.map(({ name, variant, path, workload, keys, key, text: what, proof }) => [
      { text: name, tone: "bad" },
      { text: `${path} ${workload}`, variant },
      countText(keys),
      { text: key, key },
      { text: what, under: proof },
    ]),
  };
}
