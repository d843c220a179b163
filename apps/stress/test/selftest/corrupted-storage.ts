import type { Operation } from "../../src/history/operation.ts";
import { answersOf, type Corruption, madeUpId, withCall, withFirst } from "./corruption.ts";
import type { SampleRegister } from "./sample-history.ts";

/** What may be wrong with what is stored, and with what merges leave behind. */
export const corruptedStorage: readonly Corruption[] = [
  {
    name: "DUPLICATE",
    how: "the database holds a second chat",
    corrupt: (history) =>
      withFirst(history, ({ audit, ...first }) => {
        const twin = { id: madeUpId, participants: first.register.participants, scope: "" };
        return audit.live.length === 0
          ? null
          : { ...first, audit: { ...audit, live: [...audit.live, twin] } };
      }),
  },
  {
    name: "LOST",
    how: "a chat that several callers got is gone",
    corrupt: (history) =>
      withFirst(history, (first) =>
        answersOf(first).length < 2 || first.register.initial.length > 0
          ? null
          : { ...first, audit: { ...first.audit, live: [] } },
      ),
  },
  {
    name: "LOST",
    how: "a chat from before the run is gone",
    corrupt: (history) =>
      withFirst(history, (first) =>
        first.register.initial.length === 0 || first.audit.redirects.length > 0
          ? null
          : { ...first, audit: { ...first.audit, live: first.audit.live.slice(1) } },
      ),
  },
  {
    name: "LOST",
    how: "a merged chat leads nowhere",
    corrupt: (history) =>
      withFirst(history, ({ audit, ...first }) => {
        const [redirect, ...others] = audit.redirects;
        if (redirect === undefined) return null;
        return { ...first, audit: { ...audit, redirects: [{ ...redirect, to: null }, ...others] } };
      }),
  },
  {
    name: "CROSS_KEY",
    how: "the stored chat holds other people",
    corrupt: (history) =>
      withFirst(history, ({ audit, ...first }) => {
        const [chat, ...others] = audit.live;
        if (chat === undefined) return null;
        return { ...first, audit: { ...audit, live: [{ ...chat, participants: ["somebody"] }, ...others] } };
      }),
  },
  {
    name: "RESURRECTED",
    how: "a merged chat is live again",
    corrupt: (history) =>
      withFirst(history, ({ audit, ...first }) => {
        const merged = acknowledgedMerge(first)?.asked ?? null;
        if (merged === null) return null;
        const again = { id: merged, participants: first.register.participants, scope: "" };
        return {
          ...first,
          audit: {
            ...audit,
            live: [...audit.live, again],
            redirects: audit.redirects.filter(({ id }) => id !== merged),
          },
        };
      }),
  },
  {
    name: "STALE_AFTER_MERGE",
    how: "a merged chat is given out by its old id",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const merge = acknowledgedMerge(first);
        if (merge === null) return null;
        const { asked, end } = merge;
        return withCall(first, { kind: "resolve", asked, id: asked, start: end + 1, end: end + 2 });
      }),
  },
];

function acknowledgedMerge({ operations }: Pick<SampleRegister, "operations">): Operation | null {
  return operations.find(({ kind, outcome }) => kind === "merge" && outcome === "ok") ?? null;
}
