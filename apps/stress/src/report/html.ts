import { visibleText } from "./text/visible-text.ts";

/** Markup that is safe to put into a page: made by `html` from literals and from escaped values only. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

type HtmlValue = Html | string | number | null | readonly HtmlValue[];

/** Every value is escaped but those that are markup already; `null` is nothing. */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(
    literals
      .map((literal, i) => (i === 0 ? literal : `${markupOf(values[i - 1] ?? null)}${literal}`))
      .join(""),
  );
}

function markupOf(value: HtmlValue): string {
  if (value === null) return "";
  if (value instanceof Html) return value.markup;
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  return value.map(markupOf).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For HTML and XML alike. */
function escaped(text: string): string {
  return visibleText(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
