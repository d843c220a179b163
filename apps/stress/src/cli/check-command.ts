import type { ExitName } from "../exit-codes.ts";
import type { Host } from "../host.ts";
import type { Anomaly } from "../measure/result.ts";
import { operationsNumbered } from "../report/anomaly-groups.ts";
import { consoleText } from "../report/console.ts";
import { viewOf } from "../report/view.ts";
import { earlierRun } from "./earlier-run.ts";
import type { Given } from "./program.ts";

/** So many kinds of anomalies are shown with their operations; the rest is in the JSON. */
const shown = 50;

/** Decides a saved history again. */
export async function checkCommand(path: string, given: Given, host: Host): Promise<ExitName> {
  const { history, result } = await earlierRun(path, given, host);
  if (given["json"] === true) {
    const { anomalies, controlAnomalies, seconds: _, environment: __, ...rest } = result;
    const named = new Set([...anomalies, ...controlAnomalies].flatMap(({ witnesses }) => witnesses));
    const operations = operationsNumbered(history, named);
    const proven = (anomaly: Anomaly) => ({
      ...anomaly,
      operations: anomaly.witnesses.map((op) => operations.get(op)),
    });
    host.out(
      `${JSON.stringify({ ...rest, operations: history.operations.length, keys: history.registers.length, anomalies: anomalies.map(proven), controlAnomalies: controlAnomalies.map(proven) })}\n`,
    );
    return result.verdict;
  }
  const { run, profile, seed } = result;
  const places = [
    `run ${run}, profile ${profile}, seed ${seed}: ${history.operations.length} operations on ${history.registers.length} keys`,
  ];
  host.out(consoleText(viewOf(result, history), { color: false, shown, places }));
  return result.verdict;
}
