/** How much of what was asked for last was there: what is asked for next is probably alike. */
export interface RecentCalls {
  /** Whether most chats of the last batch were there. */
  mostExist(): boolean;
  /** Whether one batch after the other has met hardly anything but new chats. */
  noneExist(): boolean;
  /** Runs a batch and counts what it has met; one that fails is no sign of new chats. */
  noting<Outcome>(
    batch: () => Promise<readonly Outcome[]>,
    counted: Counted<Outcome>,
  ): Promise<readonly Outcome[]>;
}

interface Counted<Outcome> {
  /** Whether there was no chat. */
  readonly isNew: (outcome: Outcome) => boolean;
  /** Whether the outcome at this position says so first; all do unless given. */
  readonly tells?: (index: number) => boolean;
}

/** Smaller batches, and fewer of them, are no sign. */
const [fewestCalls, fewestBatches] = [8, 4];
/** A batch of hardly anything but new chats has one old one for so many of them, at most. */
const newForOneOld = 15;

export function recentCalls(): RecentCalls {
  let mostExist = true;
  let batchesOfNew = 0;
  const note = (asked: number, ofNew: number): void => {
    mostExist = ofNew * 2 < asked;
    const isOfNew = asked >= fewestCalls && (asked - ofNew) * newForOneOld <= ofNew;
    batchesOfNew = isOfNew ? batchesOfNew + 1 : 0;
  };
  return {
    mostExist: () => mostExist,
    noneExist: () => batchesOfNew >= fewestBatches,
    async noting(batch, { isNew, tells = () => true }) {
      try {
        const outcomes = await batch();
        const telling = outcomes.filter((_, index) => tells(index));
        if (telling.length > 0) note(telling.length, telling.filter(isNew).length);
        return outcomes;
      } catch (error) {
        batchesOfNew = 0;
        throw error;
      }
    },
  };
}
