import { existsSync } from "node:fs";

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** `CHROMIUM_PATH` where that is set, even to what is not there; else where a Chromium usually is. */
const named = process.env["CHROMIUM_PATH"];
const places = named === undefined ? usualPlaces : [named];

export const chromiumPath: string | null = places.find((path) => existsSync(path)) ?? null;
