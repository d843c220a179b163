import type { Anomaly } from "../result/stress-result.ts";

/** An anomaly of the register that is being looked at; its witnesses as rows of the table. */
export interface Finding {
  readonly name: Anomaly["name"];
  readonly text: string;
  readonly rows: readonly number[];
}
