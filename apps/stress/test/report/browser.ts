import { existsSync } from "node:fs";

/** Where a Chromium usually is; `CHROMIUM_PATH` names another one. */
const places = [
  process.env["CHROMIUM_PATH"] ?? "",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

export const chromiumPath: string | null = places.find((path) => path !== "" && existsSync(path)) ?? null;
