/** Codes that pass, with names and categories as the server's own list has them, and what hosted and compatible ones add. */
export const passingCodes: Readonly<Record<string, readonly number[]>> = {
  NetworkError: [6, 7, 89, 317, 384, 9_001],
  NotPrimaryError: [189, 10_107, 11_602, 13_435, 13_436],
  ShutdownError: [91, 333, 11_600],
  Interruption: [24, 50, 237, 262, 279, 281, 282, 290, 355, 453, 11_601, 11_602, 46_841, 91_331, 10_045_600],
  ExceededTimeLimitError: [50, 202, 262, 290, 407],
  WriteConcernError: [64, 75, 79, 100],
  SnapshotError: [239, 246, 250, 272],
  CursorInvalidatedError: [43, 96, 175, 237, 314],
  StaleShardVersionError: [150, 13_388],
  CancellationError: [90, 310, 312],
  SystemOverloadedError: [433, 449, 450, 462],
  RetriableError: [133, 134, 358, 402, 406, 412, 50_915],
  CloseConnectionError: [303, 372, 398],
  "of no category": [46, 112, 216, 261, 285, 365, 391, 14_031],
  "of other servers": [8_000, 16_500],
};

/** Codes that say something about what was asked, or that only a person can change. */
export const lastingCodes = [
  2, 9, 13, 18, 20, 26, 59, 66, 72, 73, 121, 10_334, 11_000, 17_419, 28_714,
] as const;
