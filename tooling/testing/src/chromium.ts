import { existsSync } from "node:fs";

type Env = Readonly<Record<string, string | undefined>>;

/** A browser for tests, or the reason why there is none. */
export type Chromium =
  | { readonly path: string; readonly missing: null }
  | { readonly path: ""; readonly missing: string };

const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** `CHROMIUM_PATH` where that is set, else where a Chromium usually is. */
export function findChromium(env: Env): Chromium {
  const named = env["CHROMIUM_PATH"];
  const places = named === undefined ? usualPlaces : [named];
  const path = places.find((place) => existsSync(place));
  if (path !== undefined) return { path, missing: null };
  const where = named === undefined ? "there is no Chromium" : `CHROMIUM_PATH=${named} does not exist`;
  return { path: "", missing: `${where}; to have these tests run: ${installCommand()}` };
}

function installCommand(): string {
  if (process.platform === "darwin") return "brew install --cask chromium";
  if (!existsSync("/usr/bin/apt-get")) return "install Chromium, and say where by CHROMIUM_PATH";
  return process.getuid?.() === 0 ? "apt-get install --yes chromium" : "sudo apt-get install --yes chromium";
}
