import { availableParallelism, loadavg } from "node:os";

/** How busy the machine has been for the last minute, for people: `load 12.3 on 2 cores`. */
export function machineLoad(): string {
  const [lastMinute = 0] = loadavg();
  return `load ${lastMinute.toFixed(1)} on ${availableParallelism()} cores`;
}
