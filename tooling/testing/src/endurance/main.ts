import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EnduranceOptions, parseEnduranceOptions, usage } from "./cli-options.ts";
import { endure, listText, statesText, unitStates, type UnitState } from "./endurance.ts";
import { resultsFile } from "./results.ts";
import { seedOfTree, treeKey } from "./tree-key.ts";
import { runUnit } from "./unit.ts";
import { enduranceUnits } from "./units.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const folder = join(root, ".onechat");
const exitCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

async function run({ shard, list, json, reset }: EnduranceOptions): Promise<number> {
  const stop = new AbortController();
  for (const signal of Object.keys(exitCodes)) process.once(signal, () => stop.abort(signal));
  const tree = await treeKey(root);
  const results = resultsFile(join(folder, "endurance.ndjson"));
  if (reset) await results.reset(tree);
  const units = enduranceUnits(seedOfTree(tree)).filter((_, index) => index % shard.of === shard.part - 1);
  if (!list)
    await endure({
      units,
      tree,
      results,
      run: (unit, log) => runUnit(unit, { root, env: process.env, log, stop: stop.signal }),
      logOf: ({ name }) => join(folder, "endurance", `${name.replaceAll(/\W+/g, "-")}.log`),
      say: (line) => console.error(line),
      stop: stop.signal,
    });
  const states = await unitStates(units, results, tree);
  print(states, { tree, list, json });
  if (stop.signal.aborted) return exitCodes[String(stop.signal.reason)] ?? 1;
  if (list) return 0;
  return states.some(({ state }) => state === "failed") ? 1 : 0;
}

function print(
  states: readonly UnitState[],
  { tree, list, json }: { readonly tree: string; readonly list: boolean; readonly json: boolean },
): void {
  if (json) console.log(JSON.stringify({ tree, units: states }));
  else console.log(list ? `${listText(states)}\n\n${statesText(states)}` : statesText(states));
}

function parsedOptions(argv: readonly string[]): EnduranceOptions | null {
  try {
    return parseEnduranceOptions(argv);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return null;
  }
}

const options = parsedOptions(process.argv.slice(2));
if (options?.help === true) console.log(usage);
process.exitCode = options === null ? 2 : options.help ? 0 : await run(options);
