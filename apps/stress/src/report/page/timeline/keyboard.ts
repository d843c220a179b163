import type { Bar } from "./bars.ts";
import type { TimelineCommands } from "./timeline-commands.ts";

/** Every key that means something here is kept from the page. */
export function keyboardOf(commands: TimelineCommands): (event: KeyboardEvent) => void {
  const actions: Readonly<Record<string, () => void>> = {
    ArrowRight: () => commands.select(inOrder(commands, 1)),
    ArrowLeft: () => commands.select(inOrder(commands, -1)),
    ArrowDown: () => commands.select(inRows(commands, 1)),
    ArrowUp: () => commands.select(inRows(commands, -1)),
    Home: () => commands.select(commands.bars[0]),
    End: () => commands.select(commands.bars.at(-1)),
    w: () => commands.select(nextWitness(commands)),
    a: commands.whole,
    r: commands.focus,
    "+": () => commands.zoom(0.5, null),
    "=": () => commands.zoom(0.5, null),
    "-": () => commands.zoom(2, null),
    PageDown: () => commands.move(0.5),
    PageUp: () => commands.move(-0.5),
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
}

function inOrder({ bars, selected }: TimelineCommands, step: 1 | -1): Bar | undefined {
  const at = selected()?.index;
  if (at === undefined) return bars[0];
  return bars[Math.min(Math.max(at + step, 0), bars.length - 1)];
}

/** The nearest in time among those of the next row that has any. */
function inRows({ bars, selected }: TimelineCommands, step: 1 | -1): Bar | undefined {
  const from = selected();
  if (from === null) return bars[0];
  const beyond = bars.filter(({ row }) => (row - from.row) * step > 0);
  const row = beyond.reduce(
    (nearest, bar) => Math.min(nearest, Math.abs(bar.row - from.row)),
    Number.POSITIVE_INFINITY,
  );
  const candidates = beyond.filter((bar) => Math.abs(bar.row - from.row) === row);
  return candidates.toSorted((a, b) => Math.abs(a.start - from.start) - Math.abs(b.start - from.start))[0];
}

function nextWitness({ bars, selected }: TimelineCommands): Bar | undefined {
  const witnesses = bars.filter(({ isWitness }) => isWitness);
  const at = selected()?.index ?? -1;
  return witnesses.find(({ index }) => index > at) ?? witnesses[0];
}
