import { isBusy, setBusy } from "./busy-button.ts";
import { findElement } from "./find-element.ts";
import { type Lane, lane, type TimeSpan } from "./lane.ts";
import { developmentToken } from "./page-call.ts";
import { raceForm, type RaceForm, type RaceSettings } from "./race-form.ts";
import { type Contestant, runRace } from "./run-race.ts";
import { verdict } from "./tally.ts";

/** Who takes part, once that is known. */
type Racing = () => Promise<readonly Contestant[]>;

/** The form that starts a race, and what comes of it. */
export function racePanel(racing: Racing): void {
  const form = raceForm();
  form.freshen();
  findElement("race-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void start(form, racing);
  });
}

async function start(form: RaceForm, racing: Racing): Promise<void> {
  const button = findElement("race-start", HTMLButtonElement);
  if (isBusy(button)) return;
  const settings = form.settings();
  if (settings === null) return;
  setBusy(button, true);
  say("The calls are on their way …");
  try {
    say(await race(settings, await racing()));
    form.freshen();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  } finally {
    setBusy(button, false);
  }
}

/** Draws the calls as they are answered; resolves with the verdict. */
async function race(settings: RaceSettings, racing: readonly Contestant[]): Promise<string> {
  const tokens = await tokensOf(settings);
  const lanes = new Map(racing.map((contestant) => [contestant, lane(contestant, settings.calls)]));
  const frames = drawing([...lanes.values()]);
  await runRace({
    ...settings,
    racing,
    tokens,
    onRun(contestant, run) {
      lanes.get(contestant)?.add(run);
      frames.include(run);
    },
  });
  frames.draw();
  return verdict([...lanes].map(([contestant, { tally }]) => [contestant, tally()]));
}

interface Drawing {
  readonly include: (run: TimeSpan) => void;
  readonly draw: () => void;
}

/** All lanes on one scale, which begins when the server began, and at most once for each frame of the screen. */
function drawing(lanes: readonly Lane[]): Drawing {
  let shown: TimeSpan = { startMs: Infinity, endMs: 0 };
  let frame = 0;
  const draw = (): void => {
    cancelAnimationFrame(frame);
    frame = 0;
    for (const each of lanes) each.draw(shown);
  };
  return {
    draw,
    include({ startMs, endMs }) {
      shown = { startMs: Math.min(shown.startMs, startMs), endMs: Math.max(shown.endMs, endMs) };
      if (frame === 0) frame = requestAnimationFrame(draw);
    },
  };
}

/** Both people call, where development tokens are handed out; else whoever's token was given. */
async function tokensOf({ people, token }: RaceSettings): Promise<readonly string[]> {
  return token === null ? Promise.all(people.map((person) => developmentToken(person))) : [token];
}

function say(text: string): void {
  findElement("race-verdict", HTMLElement).textContent = text;
}
