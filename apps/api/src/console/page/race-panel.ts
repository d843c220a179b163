import { drawRace, longestOf } from "./draw-race.ts";
import { isBusy, setBusy } from "./busy-button.ts";
import { findElement } from "./find-element.ts";
import { freshName } from "./fresh-name.ts";
import { developmentToken } from "./page-call.ts";
import { type Run, runRace, verdict } from "./run-race.ts";

/** The form that starts a race, and what came of it. */
export function racePanel(): void {
  const form = findElement("race-form", HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void race();
  });
}

async function race(): Promise<void> {
  const button = findElement("race-start", HTMLButtonElement);
  if (isBusy(button)) return;
  const people = [field("race-first"), field("race-second")] as const;
  setBusy(button, true);
  say("The calls are on their way …");
  try {
    const tokens = await tokensOf(people);
    const runs: Run[] = [];
    const calls = Math.min(1_000, Math.max(1, Number(field("race-calls")) || 1));
    await runRace({ people, calls, tokens, onRun: (run) => void runs.push(run) });
    drawRace(findElement("race-chart", SVGSVGElement), runs);
    findElement("race-chart", SVGSVGElement).setAttribute("aria-label", `${calls} calls: ${verdict(runs)}`);
    findElement("race-end", HTMLElement).textContent =
      `${Math.round(longestOf(runs)).toLocaleString("en")} ms`;
    say(verdict(runs));
    freshNames();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  } finally {
    setBusy(button, false);
  }
}

/** So that the next race makes a chat too. Whose token was given stays who they are. */
export function freshNames(): void {
  const names = field("race-token") === "" ? ["race-first", "race-second"] : ["race-second"];
  for (const id of names) {
    const input = findElement(id, HTMLInputElement);
    input.value = freshName(input.value);
  }
}

/** Both people call, where development tokens are handed out; else whoever's token was given. */
async function tokensOf(people: readonly string[]): Promise<readonly string[]> {
  const given = field("race-token");
  return given === "" ? Promise.all(people.map((person) => developmentToken(person))) : [given];
}

function field(id: string): string {
  return findElement(id, HTMLInputElement).value.trim();
}

function say(text: string): void {
  findElement("race-verdict", HTMLElement).textContent = text;
}
