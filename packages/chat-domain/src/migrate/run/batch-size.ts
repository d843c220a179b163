/** How many documents a batch holds, steered by how long batches take. */
export interface BatchSize {
  current(): number;
  /** A batch of this many documents has taken this long. */
  took(milliseconds: number, documents: number): void;
  /** A batch has failed, or the server is under pressure. */
  halve(): void;
}

export interface BatchBounds {
  readonly start: number;
  readonly min: number;
  readonly max: number;
  /** What a batch should take. */
  readonly targetMs: number;
}

const growth = 1.2;

export function batchSize({ start, min, max, targetMs }: BatchBounds): BatchSize {
  const within = (size: number): number => Math.max(min, Math.min(max, Math.round(size)));
  let size = within(start);
  return {
    current: () => size,
    took(milliseconds, documents) {
      // A batch that was not full says nothing about what a full one would take.
      if (documents < size) return;
      const ideal = (size * targetMs) / Math.max(1, milliseconds);
      size = within(Math.max(size / 2, Math.min(ideal, size * growth)));
    },
    halve() {
      size = within(size / 2);
    },
  };
}
