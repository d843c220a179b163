import {
  answersOf,
  type Corruption,
  creatorOf,
  knownAt,
  madeUpId,
  withCall,
  withFirst,
  withOperation,
} from "./corruption.ts";

/** What may be wrong with what callers were told. */
export const corruptedAnswers: readonly Corruption[] = [
  {
    name: "SPLIT_ID",
    how: "two callers get different chats",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const [one, other] = answersOf(first);
        return one === undefined || other === undefined
          ? null
          : withOperation(first, { ...other, id: madeUpId });
      }),
  },
  {
    name: "PHANTOM_ID",
    how: "a caller who lost the race gets an id that was never stored",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const loser = answersOf(first).find(({ created }) => created !== true);
        return loser === undefined || creatorOf(first) === null
          ? null
          : withOperation(first, { ...loser, id: madeUpId });
      }),
  },
  {
    name: "DOUBLE_CREATED",
    how: "a second caller is told that he created",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const loser = answersOf(first).find(({ created }) => created === false);
        const hadOne = first.register.initial.length > 0 || creatorOf(first) !== null;
        return loser === undefined || !hadOne ? null : withOperation(first, { ...loser, created: true });
      }),
  },
  {
    name: "UNCREATED",
    how: "nobody is told that he created",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const creator = creatorOf(first);
        const isExcused = first.operations.some(
          ({ kind, outcome, retried }) => kind === "ensure" && (outcome === "unknown" || retried === true),
        );
        return creator === null || isExcused ? null : withOperation(first, { ...creator, created: false });
      }),
  },
  {
    name: "CROSS_KEY",
    how: "a caller gets the chat of other people",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const theirs = history.registers[1]?.audit.live[0]?.id;
        const answer = answersOf(first).find(({ created }) => created !== true);
        return theirs === undefined || answer === undefined
          ? null
          : withOperation(first, { ...answer, id: theirs });
      }),
  },
  {
    name: "CROSS_KEY",
    how: "a caller is refused because other people are in the chat",
    corrupt: (history) =>
      withFirst(history, (first) =>
        withCall(first, { outcome: "unknown", error: { reason: "INTEGRITY", message: "other people" } }),
      ),
  },
  {
    name: "WRONG_CHAT",
    how: "of several chats from before, a caller gets another than the promised one",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const answered = new Set(answersOf(first).map(({ id }) => id));
        const { initial } = first.register;
        const other = initial.find((id) => !answered.has(id));
        return other === undefined || !initial.some((id) => answered.has(id))
          ? null
          : { ...first, register: { ...first.register, expected: other } };
      }),
  },
  {
    name: "RESURRECTED",
    how: "a caller gets a chat that had been removed",
    corrupt: (history) =>
      withFirst(history, (first) =>
        creatorOf(first) === null
          ? null
          : withCall(
              { ...first, register: { ...first.register, removed: [madeUpId] } },
              { id: madeUpId, created: false },
            ),
      ),
  },
  {
    name: "LEAKED_E11000",
    how: "a caller is told of a duplicate key",
    corrupt: (history) =>
      withFirst(history, (first) =>
        withCall(first, { outcome: "fail", error: { reason: "E11000", message: "duplicate key" } }),
      ),
  },
  {
    name: "TIME_TRAVEL",
    how: "a caller sees nothing after another was answered",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const known = knownAt(first);
        return known === null ? null : withCall(first, { kind: "find", start: known + 1, end: known + 2 });
      }),
  },
  {
    name: "TIME_TRAVEL",
    how: "a caller gets the chat before the call that created it began",
    corrupt: (history) =>
      withFirst(history, (first) => {
        const creator = creatorOf(first);
        const others = answersOf(first).filter(({ created }) => created !== true);
        const known = Math.min(...others.map(({ end }) => end));
        return creator === null || others.length === 0
          ? null
          : withOperation(first, { ...creator, start: known + 1, end: known + 2 });
      }),
  },
];
