import { group, range } from "d3-array";
import type { AuditedKey, HistoryFooter, Register } from "../history/history-line.ts";
import { type DueLane, plainManner } from "../load/orders.ts";
import { auditDatabase } from "../stores/audit-database.ts";
import type { Stage } from "./stage.ts";
import type { Target } from "./ways.ts";

/** How it is known what became of the subject's chats. */
export type AuditManner = NonNullable<HistoryFooter["audit"]>;

/** What is there of everybody who was asked about, now that nobody calls any more. */
export async function finalAudit(stage: Stage): Promise<AuditManner> {
  const { ground, recorder } = stage;
  let manner: AuditManner = "database";
  for (const [database, entered] of group(recorder.registers(), ([target]) => target.database)) {
    const registers = entered.flatMap(([, own]) => own);
    if (database === null) manner = await auditForeign(stage, registers);
    else for (const key of await auditDatabase(ground.admin.db(database), registers)) recorder.note(key);
    await recorder.settled();
  }
  return manner;
}

/** Of the subject alone: of the build that it is compared with, answers are checked and no more. */
async function auditForeign(stage: Stage, registers: readonly Register[]): Promise<AuditManner> {
  let manner: AuditManner = "none";
  for (const target of stage.targets.filter(({ variant }) => variant === "ours")) {
    const asked = registers.filter(
      ({ variant, path, removedAtEnd }) =>
        variant === "ours" && path === target.path && removedAtEnd !== true,
    );
    if (asked.length > 0) manner = await askedAgain(stage, target, asked);
  }
  return manner;
}

const setsPerAudit = 200;
const readers = 16;

/** By a process that remembers nothing. */
async function askedAgain(
  { recorder, newFleet }: Stage,
  { name, route }: Target,
  registers: readonly Register[],
): Promise<AuditManner> {
  await using reader = await newFleet("reader", 1);
  const offers = await reader.open(name, route, false);
  if (offers.includes("audit")) {
    for (let from = 0; from < registers.length; from += setsPerAudit) {
      const some = registers.slice(from, from + setsPerAudit);
      const people = some.map(({ participants, scope }) => ({ participants, scope }));
      const ids = await reader.audit(name, people);
      for (const [place, register] of some.entries()) recorder.note(auditedKey(register, ids[place] ?? []));
    }
    return "database";
  }
  if (!offers.includes("find")) return "none";
  const calls = registers.map(({ key, participants, scope }) => {
    return { key, kind: "find", participants, scope, asked: null, patienceMs: null } as const;
  });
  const lanes = range(readers).map((lane): DueLane => ({
    route: name,
    due: null,
    calls: calls.filter((_, place) => place % readers === lane),
  }));
  await reader.run([{ lanes, manner: plainManner }]);
  await recorder.settled();
  return "reads";
}

function auditedKey({ key, participants, scope }: Register, ids: readonly string[]): AuditedKey {
  const live = ids.map((id) => ({ id, participants: [...participants], scope }));
  return { type: "audit", key, live, redirects: [] };
}
