import { nothing } from "../history/operation-table.ts";
import type { AuditedIds } from "./audited-ids.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import { lostOrPhantom } from "./lost-or-phantom.ts";
import type { Sighting, Sightings } from "./sightings.ts";

/** Of thousands of ids that are gone, the first ones show enough. */
const examined = 20;
const witnesses = 3;

/** What the database must hold at the end for people who had no chat before: the one that was answered, for ever. */
export function auditNew(
  evidence: Evidence,
  seen: Sightings,
  { live, redirects }: AuditedIds,
): readonly Finding[] {
  const answered = seen.list.filter(({ seen: id }) => id !== nothing);
  const gone = answered.filter(({ seen: id }) => !live.has(id));
  return [
    ...duplicate(evidence, answered, live, redirects),
    ...retired(evidence, { live, redirects }),
    ...gone.slice(0, examined).map((sighting) => lostOrPhantom(evidence, seen, sighting, live)),
    ...unaccounted(evidence, seen, live),
  ];
}

function duplicate(
  { idText }: Evidence,
  answered: readonly Sighting[],
  live: ReadonlySet<number>,
  redirects: AuditedIds["redirects"],
): readonly Finding[] {
  const ids = [...new Set([...live, ...redirects.keys()])];
  if (ids.length < 2) return [];
  const some = ids.slice(0, 2).map(idText).join(" and ");
  const text =
    live.size > 1
      ? `the database holds ${live.size} live chats of these people, such as ${some}`
      : `the database held ${ids.length} chats of these people: ${ids.map(idText).join(" and ")}`;
  const rows = ids.slice(0, witnesses).flatMap((id) => answered.find(({ seen }) => seen === id)?.first ?? []);
  return [{ name: "DUPLICATE", text, rows }];
}

/** Where there is nothing to merge, nothing can have been retired. */
function retired({ idText }: Evidence, { live, redirects }: AuditedIds): readonly Finding[] {
  return [...redirects.keys()].map((id) =>
    live.has(id)
      ? { name: "RESURRECTED", text: `${idText(id)} is live although it was retired`, rows: [] }
      : { name: "LOST", text: `${idText(id)} was retired, though no merge can have done it`, rows: [] },
  );
}

/** A chat that no answer named may be the work of a call with unknown outcome, and of nothing else. */
function unaccounted(
  { complete, idText }: Evidence,
  { list, candidate }: Sightings,
  live: ReadonlySet<number>,
): readonly Finding[] {
  const [id] = live;
  const wasSeen = list.some(({ seen }) => seen !== nothing);
  if (id === undefined || wasSeen || candidate !== nothing || !complete) return [];
  const text = `the database holds ${idText(id)}, and no call can have created it`;
  return [{ name: "UNCREATED", text, rows: [] }];
}
