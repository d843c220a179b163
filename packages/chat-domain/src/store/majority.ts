/** Read on the primary, and only what no crash can take back. */
export const majorityRead = { readConcern: { level: "majority" }, readPreference: "primary" } as const;

/** What is answered survives any crash. */
export const majorityWrite = { w: "majority", journal: true } as const;
