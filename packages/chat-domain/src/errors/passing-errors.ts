/**
 * What a server, or the driver, says itself about an error: asking again may work. Read before the code, which a newer
 * server may have of its own.
 */
export const passingLabels: ReadonlySet<string> = new Set([
  "RetryableError",
  "RetryableWriteError",
  "TransientTransactionError",
  "UnknownTransactionCommitResult",
  "ResumableChangeStreamError",
  "SystemOverloadedError",
  "PoolRequestedRetry",
  "ResetPool",
  "InterruptInUseConnections",
]);

/** How long something took, which may be the fault of what was asked. */
export const timeLimitCode = 50;
export const notReplicatedCode = 64;

/**
 * Codes that say "not now", by the categories that the server itself sorts them into; below them what its list has in no
 * category, and what hosted and compatible servers answer.
 * Source: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
 */
const passingByCategory = {
  network: [6, 7, 89, 317, 384, 9_001],
  notPrimary: [189, 10_058, 10_107, 11_602, 13_435, 13_436],
  shutdown: [91, 303, 333, 372, 398, 11_600],
  interruption: [24, 237, 279, 281, 282, 290, 355, 453, 11_601, 46_841, 91_331, 10_045_600],
  exceededTimeLimit: [timeLimitCode, 202, 262, 407],
  writeConcern: [notReplicatedCode, 75, 79, 100],
  snapshot: [239, 246, 250, 272],
  cursorInvalidated: [43, 96, 136, 175, 314],
  staleRouting: [63, 150, 249, 13_388],
  systemOverloaded: [433, 449, 450, 462],
  retriable: [134, 358, 402, 406, 412, 50_915],
  canceled: [90, 306, 310, 311, 312, 360, 379, 445],
  /** Of members that are coming up, being elected, or out of each other's sight. */
  noMember: [83, 94, 95, 109, 133, 145, 149, 164, 172, 173, 174, 190, 199, 203, 211, 216, 308, 56_846],
  /** What somebody else is at work with: documents, locks, files, memory, indexes, shards. */
  busy: [46, 107, 112, 117, 208, 215, 261, 264, 276, 285, 319, 338, 342, 343, 365, 371, 414, 12_586, 12_587],
  /** Of the sessions and transactions that drivers and routers make of themselves. */
  session: [206, 217, 225, 228, 244, 251, 267, 336, 363, 374, 375, 413],
  replan: [234, 259, 442, 4_938_500],
  credentials: [391],
  /** Full disks are emptied, and until then the server is there. */
  diskSpace: [14_031],
  /** A hosted database's own limits, and a compatible one's rate of requests. */
  hosted: [8_000, 16_500],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export const passingCodes: ReadonlySet<number> = new Set(Object.values(passingByCategory).flat());

/** Errors of the driver that mean that the server could not be asked, or that its answer was lost. */
export const passingNames: ReadonlySet<string> = new Set([
  "MongoServerSelectionError",
  "MongoNetworkError",
  "MongoNetworkTimeoutError",
  "MongoOperationTimeoutError",
  "MongoWaitQueueTimeoutError",
  "MongoPoolClearedError",
  "MongoPoolClearedOnNetworkError",
  "MongoPoolClosedError",
  "MongoServerClosedError",
  "MongoTopologyClosedError",
  "MongoClientClosedError",
  "MongoNotConnectedError",
  "MongoStalePrimaryError",
  "MongoExpiredSessionError",
  // What it makes of a server's wish for the credentials once more, on a connection that has none.
  "MongoMissingCredentialsError",
  "MongoWriteConcernError",
]);

/** What a socket says by itself: writing to a connection that was reset just before, the driver (7.9) passes it on. */
export const passingSocketCodes: ReadonlySet<unknown> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
]);
