/** Whom the call with this number is about; numbers are never used twice in a run. */
export type Workload = (call: number) => readonly string[];

/** How many chats exist before the first round. */
export const knownChats = 2_000;

export const existing: Workload = (call) => [`alice-${call % knownChats}`, "bob"];
export const fresh: Workload = (call) => [`new-${call}`, "bob"];

export const workloads: Readonly<Record<string, Workload>> = {
  existing,
  fresh,
  hot: () => ["alice-0", "bob"],
  /** 19 of 20 exist. */
  mixed: (call) => (call % 20 === 0 ? fresh(call) : existing(call)),
};
