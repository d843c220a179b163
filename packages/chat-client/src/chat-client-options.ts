/** Asked before every request. `refused` tells that the token given before was answered with 401: get a new one. */
export type TokenSource = (request: { readonly refused: boolean }) => string | Promise<string>;

export interface ChatClientOptions {
  /** The API's base URL, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** A bearer token, or where to get one. */
  readonly token: string | TokenSource;
  /** The `fetch` to use; the global one unless given. */
  readonly fetch?: typeof fetch;
  /** Milliseconds for one call, retries included; 10,000 unless given. `Infinity` waits as long as it takes. */
  readonly timeoutMs?: number;
  /** How often a call is repeated that failed for a passing reason; 3 unless given. */
  readonly retries?: number;
  /** Whether calls of one tick share a request; `true` unless given. Without it every call is a request of its own. */
  readonly batch?: boolean;
}

/** The options of a client, every one decided. */
export interface ResolvedChatClientOptions {
  readonly endpoint: string;
  readonly token: TokenSource;
  readonly tokenIsRenewable: boolean;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly batch: boolean;
}

/**
 * @throws TypeError when `url` is not an absolute http or https URL
 * @throws RangeError when `timeoutMs` or `retries` is not a number that makes sense
 */
export function resolveChatClientOptions(options: ChatClientOptions): ResolvedChatClientOptions {
  const { token } = options;
  return {
    endpoint: endpointOf(options.url),
    token: typeof token === "string" ? () => token : token,
    tokenIsRenewable: typeof token !== "string",
    fetch: options.fetch ?? globalThis.fetch.bind(globalThis),
    timeoutMs: numberFrom("timeoutMs", 1, options.timeoutMs ?? 10_000),
    retries: numberFrom("retries", 0, options.retries ?? 3),
    batch: options.batch ?? true,
  };
}

function numberFrom(name: string, least: number, value: number): number {
  if (value >= least) return value;
  throw new RangeError(`${name} is a number from ${least}`);
}

/** Without `URL`, whose parts throw in React Native. */
function endpointOf(base: string): string {
  const [, api] = /^(https?:\/\/[^\s/?#]+(?:\/[^\s?#]*)?)(?:[?#]\S*)?$/i.exec(base) ?? [];
  if (api !== undefined) return `${api.replace(/\/+$/, "")}/trpc`;
  throw new TypeError("url is the base URL of the API, such as http://127.0.0.1:3000");
}
