import fc from "fast-check";

/** A request as it goes over the wire. */
export interface TypedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface KnownData {
  /** Ids, people and tokens that make calls succeed. */
  readonly ids: readonly string[];
  readonly people: readonly string[];
  readonly tokens: readonly string[];
}

interface Call {
  readonly name: string;
  readonly input: unknown;
}

const queries = ["chat.get", "chat.list", "chat.find"];
const mutations = ["chat.createOrGet"];
const oddNames = ["admin.audit", "admin.status", "chat", "chat.nothing", "constructor", "__proto__", ""];
const oddPaths = ["%", "%25zz", "chat%2Eget", "chat%252Eget", "a/b"];

/** What the procedure takes, or nearly that, or anything. */
function inputOf(name: string, { ids, people }: KnownData): fc.Arbitrary<unknown> {
  const identity = fc.record(
    { participants: fc.subarray([...people], { minLength: 1 }), scope: fc.constant("s") },
    { requiredKeys: ["participants"] },
  );
  const page = fc.record(
    { limit: fc.integer({ min: 0, max: 20 }), scope: fc.constant("s") },
    { requiredKeys: [] },
  );
  const chat = fc.record({ id: fc.constantFrom(...ids) });
  const inputs = new Map<string, fc.Arbitrary<unknown>>([
    ["chat.get", chat],
    ["chat.list", page],
  ]);
  const right = inputs.get(name) ?? identity;
  const wrong = fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 });
  return fc.oneof(
    { arbitrary: right, weight: 12 },
    fc.record({ participants: wrong, x: fc.boolean() }),
    fc.record({ id: fc.constant("unknown") }),
    fc.jsonValue({ maxDepth: 2 }),
    fc.constant(undefined),
  );
}

/** Mostly procedures of one type; now and then anything that a path can be. */
function callsTo(known: KnownData): fc.Arbitrary<readonly Call[]> {
  const call = (names: readonly string[]): fc.Arbitrary<Call> =>
    fc
      .constantFrom(...names)
      .chain((name) => fc.record({ name: fc.constant(name), input: inputOf(name, known) }));
  return fc.oneof(
    { arbitrary: fc.array(call(queries), { minLength: 1, maxLength: 4 }), weight: 8 },
    { arbitrary: fc.array(call(mutations), { minLength: 1, maxLength: 3 }), weight: 8 },
    fc.array(call([...queries, ...mutations, ...oddNames, ...oddPaths]), { minLength: 1, maxLength: 4 }),
    fc.array(call(["chat.get"]), { minLength: 19, maxLength: 22 }),
  );
}

function inputsOf(calls: readonly Call[], isBatch: boolean): fc.Arbitrary<string> {
  const inputs = calls.map(({ input }) => input);
  return fc.oneof(
    {
      arbitrary: fc.constant(
        JSON.stringify(isBatch ? Object.fromEntries(inputs.entries()) : inputs[0]) ?? "",
      ),
      weight: 20,
    },
    fc.constantFrom(
      "",
      " ",
      "{",
      "null",
      "[]",
      '"text"',
      "1",
      '\uFEFF{"id":"x"}',
      ' {"id":"x"}',
      '{"0":{"id":"x"},}',
    ),
    fc.string(),
  );
}

const queryParts = fc.oneof(
  { arbitrary: fc.constant<readonly string[]>([]), weight: 8 },
  fc.array(
    fc.constantFrom(
      "batch=1",
      "batch=0",
      "batch=true",
      "batch",
      "b%61tch=1",
      "batch=%31",
      "connectionParams=%7B%7D",
      "connectionParams=x",
      "connection%50arams=x",
      "x=%zz",
      "input=%7B%7D",
      "+",
      "?batch=1",
      "#batch=1",
    ),
    { maxLength: 3 },
  ),
);

/** Rarely anything but what every client sends. */
function header(
  name: string,
  usual: string,
  others: readonly string[],
): fc.Arbitrary<Record<string, string>> {
  return fc.oneof(
    { arbitrary: fc.constant({ [name]: usual }), weight: 14 },
    fc.constantFrom(...others.map((value) => ({ [name]: value })), {}),
  );
}

function headersOf({ tokens }: KnownData): fc.Arbitrary<Record<string, string>> {
  const [usual = "", ...others] = tokens.map((token) => `Bearer ${token}`);
  return fc
    .tuple(
      fc.oneof(
        { arbitrary: fc.constantFrom({ authorization: usual }), weight: 4 },
        header("authorization", usual, ["Bearer a.b.c", "Basic eA==", ...others]),
      ),
      header("content-type", "application/json", [
        "Application/JSON; charset=utf-8",
        "application/json ;x=y",
        "application/jsonl",
        "application/json, text/plain",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
      ]),
      header("host", "localhost", [
        "a:1",
        "a b",
        "u:p@a",
        "[::1]",
        "[",
        "1.2.3.4.5",
        "a?b",
        "xn--a",
        "A/b#c",
      ]),
      header("accept", "*/*", [
        "application/json",
        "application/jsonl",
        "text/html, application/jsonl ",
        "xapplication/jsonl",
        "text/event-stream",
      ]),
      header("x-trpc-source", "test", [""]),
      fc.oneof(
        { arbitrary: fc.constant({}), weight: 8 },
        fc.constantFrom(
          { "trpc-accept": "application/jsonl" },
          { "last-event-id": "1" },
          { origin: "https://app.example" },
          { origin: "https://other.example" },
          { "content-encoding": "gzip" },
        ),
      ),
    )
    .map((parts) => Object.assign({}, ...parts) as Record<string, string>);
}

const methods = fc.oneof(
  { arbitrary: fc.constant("POST"), weight: 10 },
  { arbitrary: fc.constant("GET"), weight: 8 },
  fc.constantFrom("HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"),
);

/** Requests to the typed path: most are what clients send, many are nearly that, some are anything. */
export function typedRequests(known: KnownData): fc.Arbitrary<TypedRequest> {
  const asked = callsTo(known).chain((calls) =>
    fc
      .integer({ min: 0, max: 9 })
      .map((dice) => (calls.length > 1 ? dice > 0 : dice > 5))
      .chain((isBatch) =>
        fc.record({
          names: fc.constant(calls.map(({ name }) => name)),
          isBatch: fc.constant(isBatch),
          inputs: inputsOf(calls, isBatch),
          method: methods,
          headers: headersOf(known),
          parts: queryParts,
        }),
      ),
  );
  return asked.map(({ names, isBatch, inputs, method, headers, parts }) => {
    const isInQuery = method === "GET" || method === "HEAD";
    const input = isInQuery && inputs !== "" ? [`input=${encodeURIComponent(inputs)}`] : [];
    const query = [...(isBatch ? ["batch=1"] : []), ...input, ...parts].join("&");
    const path = `/trpc/${names.join(",")}${query === "" ? "" : `?${query}`}`;
    return { method, headers, path, body: isInQuery || method === "OPTIONS" ? "" : inputs };
  });
}
