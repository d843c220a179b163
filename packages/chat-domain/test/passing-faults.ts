import type { WireProxy } from "@onechat/mongo/proxy";
import { passingCodes } from "./passing-codes.ts";

type Rule = Parameters<WireProxy["rule"]>[0];

/** Something that passes, and when it strikes. */
export interface Fault {
  readonly name: string;
  readonly rule: Rule;
}

const codes = [...new Set(Object.values(passingCodes).flat())];
const writes = ["insert", "update", "findAndModify", "delete", "createIndexes"];
const moments = ["before", "after"] as const;

/** A code that no list has, so that only its label says what it is. */
const unknownCode = 987_654;
const labels = [
  "RetryableWriteError",
  "TransientTransactionError",
  "SystemOverloadedError",
  "RetryableError",
];

const answers: readonly Fault[] = moments.flatMap((when) => [
  ...codes.map((code) => ({ name: `${code} ${when}`, rule: { when, fault: { error: { code } } } })),
  ...labels.map((label) => ({
    name: `${label} ${when}`,
    rule: { when, fault: { error: { code: unknownCode, labels: [label] } } },
  })),
]);

/** Of the write concern, in a reply that is ok otherwise. */
const unreplicated: readonly Fault[] = [64, 79, 91, 100, 189, 11_602, 50].map((code) => ({
  name: `a write concern error ${code}`,
  rule: { commands: writes, fault: { writeConcernError: { code } } },
}));

/** Of single statements, while the reply is ok and the other statements are done. */
const refused: readonly Fault[] = codes.map((code) => ({
  name: `a write error ${code}`,
  rule: {
    commands: ["insert", "update", "delete"],
    fault: { writeErrors: Array.from({ length: 64 }, (_, index) => ({ index, code })) },
  },
}));

const broken: readonly Fault[] = [
  ...(["before", "sent", "after"] as const).map((when) => ({
    name: `a connection that is reset ${when}`,
    rule: { when, fault: "reset" as const },
  })),
  { name: "an answer that is cut", rule: { fault: "cut" } },
];

/** Every fault that passes, at every moment that it can strike at. */
export const faults: readonly Fault[] = [...answers, ...unreplicated, ...refused, ...broken];
