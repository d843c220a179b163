import { svgElement } from "../element.ts";

/** Hatches: a call whose outcome is unknown, and a window that is none. */
export function patterns(): SVGDefsElement {
  return svgElement(
    "defs",
    {},
    hatch("unknown", "var(--unsure-tint)", "var(--unsure)"),
    hatch("impossible", "var(--bad-tint)", "var(--bad)"),
  );
}

function hatch(id: string, ground: string, line: string): SVGPatternElement {
  const size = 6;
  return svgElement(
    "pattern",
    { id, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svgElement("rect", { width: size, height: size, fill: ground }),
    svgElement("rect", { width: 2, height: size, fill: line, opacity: 0.65 }),
  );
}
