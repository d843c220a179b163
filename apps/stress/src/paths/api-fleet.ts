import { type ApiProcess, type ApiSetting, startApi } from "./api-process.ts";
import { freePort } from "./free-port.ts";

/** Several processes of the API on one database. */
export interface ApiFleet extends AsyncDisposable {
  readonly processes: readonly ApiProcess[];
  readonly urls: readonly string[];
}

export interface ApiFleetSetting extends Omit<ApiSetting, "port"> {
  readonly size: number;
  /** Of the first process, the others follow; `null`: any free ones. */
  readonly firstPort: number | null;
}

/** @throws Error when a process does not come up */
export async function startApis({ size, firstPort, ...setting }: ApiFleetSetting): Promise<ApiFleet> {
  const ports = await portsFrom(firstPort, size);
  const outcomes = await Promise.allSettled(ports.map((port) => startApi({ ...setting, port })));
  const processes = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  const dispose = async (): Promise<void> => {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
  };
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) {
    await dispose();
    throw failed.reason;
  }
  return { processes, urls: processes.map(({ url }) => url), [Symbol.asyncDispose]: dispose };
}

async function portsFrom(firstPort: number | null, size: number): Promise<readonly number[]> {
  if (firstPort === null) return Promise.all(Array.from({ length: size }, () => freePort()));
  return Array.from({ length: size }, (_, index) => firstPort + index);
}
