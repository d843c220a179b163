import { flood } from "./flood.ts";
import { floor } from "./floor.ts";
import { overhead } from "./overhead.ts";
import { soak } from "./soak.ts";

// MONGODB_URI=… pnpm --filter @onechat/api bench floor | flood | overhead | soak [seconds]; what is measured is the build in dist.
const [what, seconds = "600"] = process.argv.slice(2);
const uri = process.env["MONGODB_URI"] ?? "";
const print = (line: string): void => console.log(line);
if (uri === "") throw new Error("MONGODB_URI is not set; npm run --silent mongo prints one");
if (what === "floor") await floor(uri, print);
else if (what === "flood") process.exitCode = (await flood(uri, print)) ? 0 : 1;
else if (what === "overhead") await overhead(uri, print);
else if (what === "soak") process.exitCode = (await soak(uri, Number(seconds), print)) ? 0 : 1;
else throw new Error("floor, flood, overhead or soak?");
