/** What one process takes on at a time; 0 switches a limit off. */
export interface LimitSettings {
  /** Calls of one caller per window; every call of a batch counts. */
  readonly callsPerCaller: number;
  /** The same for tokens that act for others: one of them speaks for many people. */
  readonly callsPerService: number;
  /** Requests from one network address per window, with or without a token. */
  readonly requestsPerAddress: number;
  /** Requests being answered. One more is refused: it would only wait for its deadline. */
  readonly concurrentRequests: number;
  /** Open connections. One more gets one answer: about the process's health, or that there are too many. */
  readonly connections: number;
  /** Mean delay of the event loop above which requests are refused. */
  readonly eventLoopDelayMs: number;
  /** How long a request may take to arrive. */
  readonly arrivalMs: number;
}

/** The window of all rates. Short, so that whoever is refused may soon come back. */
export const rateWindowSeconds = 10;

/** Which limit refused a request or a call. */
export type LimitName = "caller" | "address" | "concurrency" | "event-loop" | "connections";
