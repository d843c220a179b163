import { group } from "d3-array";
import type { AuditedKey, HistoryFooter, Register } from "../history/history-line.ts";
import { type DueLane, plainManner } from "../load/orders.ts";
import { auditDatabase } from "../stores/audit-database.ts";
import { apiWay, insideWay, type Stage } from "./stage.ts";
import type { Target } from "./target.ts";

/**
 * What is there of everybody who was asked about, now that nobody calls any more. Resolves with how that is known of the
 * subject.
 */
export async function finalAudit(stage: Stage): Promise<NonNullable<HistoryFooter["audit"]>> {
  const { ground, recorder } = stage;
  const entered = [...recorder.registers()].flatMap(([target, registers]) =>
    registers.map((register) => ({ target, register })),
  );
  let manner: NonNullable<HistoryFooter["audit"]> = "database";
  for (const [database, some] of group(entered, ({ target }) => target.database)) {
    const registers = some.map(({ register }) => register);
    if (database !== null) await recorder.audit(await auditDatabase(ground.admin.db(database), registers));
    else manner = await auditForeign(stage, registers);
  }
  return manner;
}

/** Of the subject alone: the build that it is compared with is only compared in speed. */
async function auditForeign(
  stage: Stage,
  registers: readonly Register[],
): Promise<NonNullable<HistoryFooter["audit"]>> {
  let manner: NonNullable<HistoryFooter["audit"]> = "none";
  const asked = registers.filter(({ variant, removedAtEnd }) => variant === "ours" && removedAtEnd !== true);
  for (const [path, own] of group(asked, (register) => register.path))
    manner = await askedAgain(stage, path, own);
  return manner;
}

/** So many sets of people in one question. */
const setsPerAudit = 200;
const readers = 16;

/** By a process that remembers nothing. */
async function askedAgain(
  stage: Stage,
  path: Target["path"],
  registers: readonly Register[],
): Promise<NonNullable<HistoryFooter["audit"]>> {
  const { recorder, settings, tokens } = stage;
  const urls = settings.subject.kind === "target" ? settings.subject.urls : [];
  const way = path === "domain" ? insideWay(stage, "ours") : apiWay(stage, { urls, tokens }, path);
  await using reader = await stage.newFleet("reader", 1);
  const offers = await reader.open("reader", way.route, false);
  if (offers.includes("audit")) {
    for (let from = 0; from < registers.length; from += setsPerAudit) {
      const some = registers.slice(from, from + setsPerAudit);
      const people = some.map(({ participants, scope }) => ({ participants, scope }));
      const ids = await reader.audit("reader", people);
      await recorder.audit(some.map((register, place) => auditedKey(register, ids[place] ?? [])));
    }
    return "database";
  }
  if (!offers.includes("find")) return "none";
  const lanes = Array.from({ length: readers }, (_, lane): DueLane => ({
    route: "reader",
    due: null,
    calls: registers
      .filter((__, place) => place % readers === lane)
      .map(({ key, participants, scope }) => ({
        key,
        kind: "find",
        participants,
        scope,
        asked: null,
        patienceMs: null,
      })),
  }));
  await reader.run([{ lanes, manner: plainManner }]);
  await recorder.settled();
  return "reads";
}

function auditedKey({ key, participants, scope }: Register, ids: readonly string[]): AuditedKey {
  const live = ids.map((id) => ({ id, participants: [...participants], scope }));
  return { type: "audit", key, live, redirects: [] };
}
