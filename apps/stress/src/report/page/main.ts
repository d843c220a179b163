import { copyButtons } from "./copy-buttons.ts";
import { latencyCurves } from "./latency-curves.ts";
import { overTime } from "./over-time.ts";
import { readReportData } from "./read-report-data.ts";
import { themeToggle } from "./theme-toggle.ts";
import { keyTimelines } from "./timeline/key-timelines.ts";

const data = readReportData();
const drawings = [latencyCurves(data), overTime(data)];
const redraw = (): void => drawings.forEach((draw) => draw());

copyButtons();
themeToggle(redraw);
keyTimelines(data);
redraw();

let width = document.documentElement.clientWidth;
addEventListener("resize", () => {
  // Phones say "resize" whenever their address bar hides.
  if (width === document.documentElement.clientWidth) return;
  width = document.documentElement.clientWidth;
  redraw();
});
