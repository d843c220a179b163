import { findElement } from "./find-element.ts";

/** What is wrong with a field's text; `null` when nothing is. */
export type Flaw = (text: string) => string | null;

export interface CheckedField {
  readonly text: () => string;
  readonly set: (text: string) => void;
  /** Says at the field what is wrong with it, to screen readers as well; whether it is right. */
  readonly check: () => boolean;
  readonly focus: () => void;
}

/** A field with a place for its flaw, whose id is the field's own with `-flaw`. */
export function checkedField(id: string, flaw: Flaw): CheckedField {
  const input = findElement(id, HTMLInputElement);
  const place = findElement(`${id}-flaw`, HTMLElement);
  const text = (): string => input.value.trim();
  const say = (what: string | null): void => {
    input.setAttribute("aria-invalid", String(what !== null));
    place.textContent = what;
  };
  const check = (): boolean => {
    const what = flaw(text());
    say(what);
    return what === null;
  };
  // Nobody is told of a flaw while they type; one that was told of goes as soon as it is mended.
  input.addEventListener("input", () => void (input.ariaInvalid === "true" && check()));
  return {
    text,
    check,
    set(value) {
      input.value = value;
      say(null);
    },
    focus: () => input.focus(),
  };
}
