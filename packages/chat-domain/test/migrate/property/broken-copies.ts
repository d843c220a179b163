import { vi } from "vitest";
import type { Shape } from "./application.ts";
import type { Step } from "./history.ts";

/** A mistake that somebody could make in the migrator. */
export interface BrokenCopy {
  readonly mistake: string;
  /** Without which it would matter in few applications only. */
  readonly shape: Partial<Shape>;
  /** What happens before the steps of the so-many-th history, where few would come to it. */
  readonly first: (number: number) => readonly Step[];
  /** Makes the next import of the migrator the broken one. */
  readonly make: () => void;
}

const undisturbed = { during: [], dieAfter: null } as const;
const backfilled: Step = { step: "up", to: "backfill", ...undisturbed };
const written = (verb: "join" | "open" | "send", n: number): Step => ({
  step: "write",
  write: { verb, by: "old", chat: n, n },
});

export const brokenCopies: readonly BrokenCopy[] = [
  {
    mistake: "the holder of a key is believed without a look",
    shape: {},
    first: () => [backfilled, written("join", 1), written("open", 0), written("open", 1)],
    make: () =>
      vi.doMock(import("../../../src/model/chat-document.ts"), async (original) => ({
        ...(await original()),
        mayHoldKeyOf: () => true,
      })),
  },
  {
    mistake: "a duplicate is believed without a look",
    shape: {},
    first: () => [backfilled, ...[0, 1, 2].map((chat) => written("join", chat))],
    make: () =>
      vi.doMock(import("../../../src/model/chat-document.ts"), async (original) => ({
        ...(await original()),
        isChatOf: () => true,
      })),
  },
  {
    mistake: "people are read by a path into their array",
    shape: { people: "members" },
    first: () => [],
    make: () =>
      vi.doMock(import("../../../src/model/chat-document.ts"), async (original) => {
        const { identityProjection, ...others } = await original();
        return {
          ...others,
          identityProjection: (model) => {
            const { members: _members, ...fields } = identityProjection(model);
            return { ...fields, "members.userId": 1 };
          },
        };
      }),
  },
  {
    mistake: "`where` is ignored",
    shape: { hasGroups: true },
    first: () => [],
    make: () =>
      vi.doMock(import("../../../src/model/chat-filters.ts"), async (original) => {
        const filters = await original();
        return {
          ...filters,
          claimable: (model) => filters.claimable({ ...model, chats: { ...model.chats, where: {} } }),
          uniqueChats: (model) => filters.uniqueChats({ ...model, chats: { ...model.chats, where: {} } }),
        };
      }),
  },
  {
    mistake: "what is folded already is folded again",
    shape: { folds: ["count"] },
    first: () => [],
    make: () =>
      vi.doMock(import("../../../src/migrate/merge/fold/fold-sources.ts"), async (original) => {
        const { copyLabels, foldedDocuments, ...others } = await original();
        return {
          ...others,
          copyLabels: async (...args) =>
            (await copyLabels(...args)).map(({ folded: _folded, ...label }) => label),
          foldedDocuments: async (...args) =>
            (await foldedDocuments(...args)).map(([id, document, bytes]) => {
              const fields = [...document].filter(([name]) => name !== "foldedFrom");
              return [id, new Map(fields), bytes] as const;
            }),
        };
      }),
  },
  {
    mistake: "a fold is marked before it is made, and a run that goes on believes the mark",
    shape: { folds: ["count"] },
    first: (number) => [{ step: "up", to: "settle", during: [], dieAfter: 10 + (number % 40) }],
    make: () =>
      vi.doMock(import("../../../src/migrate/merge/fold/changed-document.ts"), async (original) => {
        const { changeDocuments, ...others } = await original();
        return {
          ...others,
          changeDocuments: async (run, collection, changes) => {
            const steps = changes.map((change) => {
              const mark = change.to.get("foldedFrom");
              const marked =
                mark === undefined ? change.from : new Map([...change.from, ["foldedFrom", mark]]);
              return [
                { ...change, to: marked },
                { ...change, from: marked },
              ] as const;
            });
            const first = steps.map(([one]) => one).filter(({ from, to }) => from !== to);
            const isMarked = await changeDocuments(run, collection, first);
            const second = steps.map(([, one]) => one);
            return (await changeDocuments(run, collection, second)) && isMarked;
          },
        };
      }),
  },
  {
    mistake: "plan finds no chat that `up` will have to park",
    shape: { people: "array" },
    first: () => [],
    make: () =>
      vi.doMock(import("../../../src/migrate/plan/plan-migration.ts"), async (original) => {
        const { planMigration, ...others } = await original();
        return {
          ...others,
          planMigration: async (...args) => ({ ...(await planMigration(...args)), invalid: [] }),
        };
      }),
  },
  {
    mistake: "what is written to a duplicate after its merge is left behind",
    shape: { messages: "rows" },
    first: () => [
      { step: "up", to: "settle", ...undisturbed },
      ...[0, 1, 2].map((chat) => written("send", chat)),
    ],
    make: () =>
      vi.doMock(import("../../../src/migrate/merge/incomplete-merges.ts"), async (original) => ({
        ...(await original()),
        incompleteMerges: () => Promise.resolve([]),
        stragglers: () => Promise.resolve([]),
      })),
  },
];
/** The files that they change. */
export const brokenFiles = [
  "../../../src/model/chat-document.ts",
  "../../../src/model/chat-filters.ts",
  "../../../src/migrate/merge/fold/fold-sources.ts",
  "../../../src/migrate/merge/fold/changed-document.ts",
  "../../../src/migrate/plan/plan-migration.ts",
  "../../../src/migrate/merge/incomplete-merges.ts",
];
