import { maxBatchSize } from "@onechat/chat-router";

/** A hundred of the longest ids fit, even written as \\u escapes. */
export const maxBodyBytes = 256 * 1024;

/** Room for the longest batch of procedure names in a path, and no more. */
export const maxPathLength = maxBatchSize * 32;
