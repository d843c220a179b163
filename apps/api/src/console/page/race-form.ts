import { type CheckedField, checkedField } from "./checked-field.ts";
import { findElement } from "./find-element.ts";
import { freshName } from "./fresh-name.ts";
import { nameFlaw } from "./name-flaw.ts";

export interface RaceSettings {
  readonly people: readonly [string, string];
  readonly calls: number;
  /** Of user A, where the API hands out none. */
  readonly token: string | null;
}

export interface RaceForm {
  /** `null` when a field is wrong: it says so, and has the focus. */
  readonly settings: () => RaceSettings | null;
  /** Names of nobody yet, so that the next race makes a chat too. Whose token was given stays who they are. */
  readonly freshen: () => void;
}

const mostCalls = 1_000;

export function raceForm(): RaceForm {
  const first = checkedField("race-first", nameFlaw);
  const second = checkedField("race-second", nameFlaw);
  const calls = checkedField("race-calls", callsFlaw);
  const tokenRow = findElement("race-token-row", HTMLElement);
  const token = checkedField("race-token", (text) =>
    !tokenRow.hidden && text === "" ? "A token is missing." : null,
  );
  const fields: readonly CheckedField[] = [first, second, calls, token];
  return {
    settings() {
      const wrong = fields.filter((field) => !field.check());
      wrong[0]?.focus();
      if (wrong.length > 0) return null;
      return {
        people: [first.text(), second.text()],
        calls: Number(calls.text()),
        token: tokenRow.hidden ? null : token.text(),
      };
    },
    freshen() {
      for (const field of tokenRow.hidden ? [first, second] : [second]) field.set(freshName(field.text()));
    },
  };
}

function callsFlaw(text: string): string | null {
  const calls = Number(text);
  return Number.isInteger(calls) && calls >= 1 && calls <= mostCalls
    ? null
    : `A whole number from 1 to ${mostCalls.toLocaleString("en")}.`;
}
