import type { Geometry } from "./scene.ts";
import type { TimelineCommands } from "./timeline-commands.ts";

interface Dragging {
  readonly commands: TimelineCommands;
  readonly geometry: () => Geometry;
}

/** A click chooses a call, a drag moves through time, and the wheel with Ctrl zooms at the pointer. */
export function dragging(svg: SVGSVGElement, { commands, geometry }: Dragging): void {
  let last: number | null = null;
  let travelled = 0;
  svg.addEventListener("pointerdown", (event) => {
    last = event.clientX;
    travelled = 0;
  });
  svg.addEventListener("pointermove", (event) => {
    if (last === null) return;
    const by = event.clientX - last;
    travelled += Math.abs(by);
    // Below that, it is the trembling of a click.
    if (travelled < 5) return;
    svg.setPointerCapture(event.pointerId);
    last = event.clientX;
    const { left, right } = geometry();
    commands.move(-by / (right - left));
  });
  for (const end of ["pointerup", "pointercancel"] as const) svg.addEventListener(end, () => (last = null));
  svg.addEventListener("click", ({ target }) => {
    if (travelled >= 5 || !(target instanceof SVGElement)) return;
    const { index } = target.dataset;
    if (index !== undefined) commands.select(commands.bars[Number(index)]);
  });
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const around = geometry().instant(event.clientX - svg.getBoundingClientRect().left);
      commands.zoom(event.deltaY > 0 ? 1.25 : 0.8, around);
    },
    { passive: false },
  );
}
