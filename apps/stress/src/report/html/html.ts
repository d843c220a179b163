import { visibleText } from "../text/visible-text.ts";

/** Markup that is safe to put into a page: made by `html` from literals and from escaped values only. */
export interface Html {
  readonly markup: string;
}

type HtmlValue = Html | string | number | null | readonly HtmlValue[];

const htmls = new WeakSet<object>();

/** Every value is escaped but those that are markup already; `null` is nothing. */
export function html(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return trusted(
    literals
      .map((literal, i) => (i === 0 ? literal : `${markupOf(values[i - 1] ?? null)}${literal}`))
      .join(""),
  );
}

/** For text that is code of this package, such as its style sheet: nothing in it is escaped. */
export function trusted(markup: string): Html {
  const value: Html = { markup };
  htmls.add(value);
  return value;
}

function markupOf(value: HtmlValue): string {
  if (value === null) return "";
  if (typeof value === "string" || typeof value === "number") return escaped(String(value));
  if (isList(value)) return value.map(markupOf).join("");
  // An object that only looks like markup, out of a file, say, is not.
  return htmls.has(value) ? value.markup : escaped(value.markup);
}

function isList(value: HtmlValue): value is readonly HtmlValue[] {
  return Array.isArray(value);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return visibleText(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? "");
}
