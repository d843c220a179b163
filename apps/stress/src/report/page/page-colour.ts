/** A colour of the style sheet as the canvas needs it: resolved for the theme that is on. */
export function pageColour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
