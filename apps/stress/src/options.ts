/** Every flag, by the name under which its value arrives. */
export const options = {
  seed: { flags: "--seed <n>", text: "plans the same run again (random)", list: false },
  workload: {
    flags: "--workload <names>",
    text: "hot, burst, pairs, zipf, fresh, existing, groups, scopes, merge-race",
    list: true,
  },
  path: { flags: "--path <names>", text: "domain, http, http-batch", list: true },
  variant: { flags: "--variant <names>", text: "ours, naive, mongoose, raw", list: true },
  fault: {
    flags: "--fault <names>",
    text: "api-kill, api-pause, db-kill, db-pause, reply-lost, connection-reset, pool-starved, index-missing; or none",
    list: true,
  },
  callers: { flags: "--callers <n>", text: "calls released at the same instant", list: false },
  keys: { flags: "--keys <n>", text: "sets of people per workload and round", list: false },
  procs: { flags: "--procs <n>", text: "processes that call", list: false },
  repeats: { flags: "--repeats <n>", text: "how often each workload and each fault comes", list: false },
  rounds: { flags: "--rounds <n>", text: "rounds of the speed comparison; 0 for none", list: false },
  rate: { flags: "--rate <n/s>", text: "calls per second of the open loop; 0 for none", list: false },
  duration: {
    flags: "--duration <time>",
    text: "of the open loop and around each fault, such as 500ms, 5s or 2m",
    list: false,
  },
  timeout: { flags: "--timeout <time>", text: "of one call", list: false },
  threshold: {
    flags: "--threshold <expression>",
    text: "such as 'latency{path:http,variant:ours}: p(99)<80'; may be repeated",
    list: true,
  },
  thresholds: { flags: "--thresholds <file>", text: "JSON with such expressions", list: false },
  out: { flags: "--out <dir>", text: "where the results go (stress-results/<utc>-<seed>)", list: false },
  uri: { flags: "--uri <uri>", text: "an existing MongoDB instead of one of our own", list: false },
  port: { flags: "--port <n>", text: "first port of the API processes (any free ones)", list: false },
  keepDb: { flags: "--keep-db", text: "leave the databases of the run behind", list: false },
  histories: {
    flags: "--histories <n>",
    text: "small histories to compare with a full search (100000)",
    list: false,
  },
  json: { flags: "--json", text: "lines of JSON on stdout; the last one is the result", list: false },
  color: { flags: "--no-color", text: "plain text; NO_COLOR does the same", list: false },
} as const satisfies Readonly<
  Record<string, { readonly flags: string; readonly text: string; readonly list: boolean }>
>;

export type OptionName = keyof typeof options;

/** What the command line held: text for options with a value, lists for those that may be repeated, else a boolean. */
export type Flags = Readonly<Partial<Record<OptionName, string | boolean | readonly string[]>>>;

export function flagOf(name: OptionName): string {
  const { flags } = options[name];
  return flags.split(" ")[0] ?? flags;
}
