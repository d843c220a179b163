import type { AnomalyGroup } from "./anomaly-groups.ts";
import { countText } from "./text/figure-text.ts";
import type { Cell, Column, Table } from "./view.ts";

export interface ColumnOf<Row> extends Column {
  readonly of: (row: Row) => Cell | string;
}

export function table<Row>(
  caption: string,
  rows: readonly Row[],
  columns: readonly ColumnOf<Row>[],
  isDetail = false,
): Table {
  return {
    caption,
    columns,
    rows: rows.map((row) =>
      columns.map(({ of }) => {
        const cell = of(row);
        return typeof cell === "string" ? { text: cell } : cell;
      }),
    ),
    isDetail,
  };
}

export function text<Row>(head: string, of: (row: Row) => Cell | string): ColumnOf<Row> {
  return { head, of, isNumber: false };
}

export function number<Row>(head: string, of: (row: Row) => Cell | string): ColumnOf<Row> {
  return { head, of, isNumber: true };
}

export function count<Row>(head: string, of: (row: Row) => number): ColumnOf<Row> {
  return number(head, (row) => countText(of(row)));
}

/** The subject under its own name. */
export function nameOf(variant: string, subject: string): string {
  return variant === "ours" ? subject : variant;
}

export function variantColumn<Row extends { readonly variant: string }>(subject: string): ColumnOf<Row> {
  return text("Variant", ({ variant }) => ({ text: nameOf(variant, subject), variant }));
}

export function anomalyTable(caption: string, groups: readonly AnomalyGroup[], isDetail = false): Table {
  return table(
    caption,
    groups,
    [
      text("Anomaly", ({ name }) => ({ text: name, tone: "bad" })),
      text("Where", ({ path, workload, variant }) => ({ text: `${path} ${workload}`, variant })),
      count("Keys", ({ keys }) => keys),
      text("First key", ({ key }) => ({ text: key, key })),
      text("What proves it", (group) => ({ text: group.text, under: group.proof })),
    ],
    isDetail,
  );
}
