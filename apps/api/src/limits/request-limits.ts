/** A hundred of the longest ids fit, even written as \\u escapes. */
export const maxBodyBytes = 256 * 1024;

/** Calls per request; the typed client splits its batches accordingly. */
export const maxBatchSize = 20;

/** Room for the longest batch of procedure names in a path, and no more. */
export const maxPathLength = maxBatchSize * 32;

/** Entries in a list of participants; a chat has at most a hundred, but they may be repeated. */
export const maxListedParticipants = 1_000;
