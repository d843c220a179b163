import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildSync, stop } from "esbuild";
import { charts } from "./style/charts.ts";
import { page } from "./style/page.ts";
import { table } from "./style/table.ts";
import { timeline } from "./style/timeline.ts";
import { tokens } from "./style/tokens.ts";

/** What goes into the page as text. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

export function pageAssets(): PageAssets {
  const chartStyle = readFileSync(createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css"), "utf8");
  return { script: bundledScript(), style: [chartStyle, tokens, page, table, charts, timeline].join("\n") };
}

/** The page's script and the chart library as one text; its entry lies beside this file, compiled or as source. */
function bundledScript(): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`../page/main.${extension}`, import.meta.url))],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    write: false,
    logLevel: "silent",
  });
  // It leaves a process behind that Ctrl-C in a terminal would end, and the next bundle would wait for it in vain.
  void stop();
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("the script of the page came out empty");
  return bundle.text.replaceAll("</script", String.raw`<\/script`);
}
