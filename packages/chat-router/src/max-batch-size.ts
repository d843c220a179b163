/** Calls in one request: a host refuses larger batches, and the client splits its calls accordingly. */
export const maxBatchSize = 20;
