// Asks one server for chats as fast as it answers, over so many connections, in a process of its own: what asking costs
// must not be taken from the server's time. A message in is a job, a message out what became of it.
import { Pool } from "undici";

/** Existing: one of so many. */
const known = 500;
let asked = 0;

function participants(workload) {
  asked += 1;
  if (workload === "new") return [`new-${process.pid}-${asked}`];
  return [`friend-${workload === "hot" ? 0 : asked % known}`];
}

function requestOf({ way, workload, calls, token }) {
  const inputs = Array.from({ length: calls }, () => ({ participants: participants(workload) }));
  const isBatch = calls > 1;
  const names = inputs.map(() => "chat.createOrGet").join(",");
  return {
    method: "POST",
    path: way === "trpc" ? `/trpc/${names}${isBatch ? "?batch=1" : ""}` : "/api/chats/create-or-get",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(isBatch ? Object.fromEntries(inputs.entries()) : inputs[0]),
  };
}

const pools = new Map();

/** Connections stay open between the rounds, as an application's do. */
function poolTo({ url, connections }) {
  const name = `${url} ${connections}`;
  if (!pools.has(name))
    pools.set(name, new Pool(url, { connections, pipelining: 1, connect: { timeout: 30_000 } }));
  return pools.get(name);
}

async function answerTo(pool, request) {
  try {
    const { statusCode, body } = await pool.request(request);
    const text = await body.text();
    return statusCode === 200
      ? "200"
      : `${statusCode} ${text.slice(0, 200).replace(/"requestId":"[^"]*"/, "")}`;
  } catch (error) {
    return String(error);
  }
}

async function run(job) {
  const pool = poolTo(job);
  const latencies = [];
  const unexpected = {};
  const started = performance.now();
  const end = started + job.seconds * 1_000;
  async function caller() {
    while (performance.now() < end) {
      const from = performance.now();
      const outcome = await answerTo(pool, requestOf(job));
      latencies.push(performance.now() - from);
      if (outcome !== "200") unexpected[outcome] = (unexpected[outcome] ?? 0) + 1;
    }
  }
  await Promise.all(Array.from({ length: job.connections }, caller));
  const seconds = (performance.now() - started) / 1_000;
  latencies.sort((a, b) => a - b);
  const at = (share) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))];
  return { sent: latencies.length, seconds, p50: at(0.5), p99: at(0.99), unexpected };
}

process.on("message", (job) => void run(job).then((result) => process.send?.(result)));
