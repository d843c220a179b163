import { type Html, html } from "./html.ts";

export interface Column<Row> {
  readonly head: Html | string;
  /** Numbers stand below one another; `head` names the row. */
  readonly kind?: "head" | "number" | "tight";
  readonly cell: (row: Row) => Html | string | null;
}

export interface TableInput<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Where there may be very many: how many are shown. */
  readonly limit?: number;
  /** Where the page is narrow, rows turn into paragraphs; good for those that read like sentences. */
  readonly stacks?: boolean;
}

/** A table that scrolls within itself where the page is narrow, unless it stacks. */
export function dataTable<Row>({
  caption,
  columns,
  rows,
  limit = 400,
  stacks = false,
}: TableInput<Row>): Html {
  const rest = rows.length - limit;
  return html`<div class="panel">
    <div class="scroll" tabindex="0" role="region" aria-label="${caption}">
      <table class="${stacks ? "stacks" : ""}">
        <caption>
          ${caption}
        </caption>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.slice(0, limit).map(
            (row) =>
              html`<tr>
                ${columns.map((column) => cellOf(column, row))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${rest > 0 ? html`<p class="more">… and ${rest} more, in result.json</p>` : null}
  </div>`;
}

function cellOf<Row>(column: Column<Row>, row: Row): Html {
  const content = column.cell(row);
  if (column.kind === "head") return html`<th scope="row">${content}</th>`;
  const label = typeof column.head === "string" ? column.head : "";
  const empty = content === null || content === "" ? "empty" : "";
  return html`<td class="${classOf(column)} ${empty}" data-label="${label}">${content}</td>`;
}

function classOf<Row>({ kind }: Column<Row>): string {
  return kind === "number" || kind === "tight" ? kind : "";
}
