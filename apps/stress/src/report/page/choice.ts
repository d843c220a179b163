import { element } from "./element.ts";

export interface Choice {
  readonly title: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One of a few, all in sight. */
export function segmented(name: string, { title, options, value, onChange }: Choice): HTMLElement {
  const labels = options.map(([option, text]) => {
    const input = element("input", { type: "radio", name, value: option, checked: option === value });
    input.addEventListener("change", () => onChange(option));
    return element("label", { class: "segment" }, input, element("span", {}, text));
  });
  return element("fieldset", {}, element("legend", {}, title), ...labels);
}

/** One of many. */
export function selection({ title, options, value, onChange }: Choice): HTMLElement {
  const select = element(
    "select",
    {},
    ...options.map(([option, text]) =>
      element("option", { value: option, selected: option === value }, text),
    ),
  );
  select.addEventListener("change", () => onChange(select.value));
  return element("label", { class: "field" }, title, select);
}
