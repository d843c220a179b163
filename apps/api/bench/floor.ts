import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { noLimits } from "../test/no-limits.ts";
import { load, type Shot } from "./load.ts";
import { secret, tokenOf } from "./shots.ts";

const program = fileURLToPath(new URL("nothing-server.mjs", import.meta.url));
const rounds = 20;
const existingChats = 500;

/**
 * How near create-or-get on existing chats comes to a procedure of the same server that does nothing: 64 connections,
 * rounds in alternation. The floor is also measured against itself, which shows the noise.
 */
export async function floor(mongoUri: string, print: (line: string) => void): Promise<void> {
  const child = fork(program, [JSON.stringify(noLimits)], {
    env: { ...process.env, MONGODB_URI: mongoUri, AUTH_JWT_SECRET: secret },
    // Without the loader that this process runs with.
    execArgv: [],
  });
  const [url] = (await once(child, "message")) as [string];
  try {
    while (!(await fetch(`${url}/readyz`)).ok) await sleep(50);
    const token = await tokenOf("alice");
    const bodyOf = (index: number): string =>
      JSON.stringify({ participants: [`friend-${index % existingChats}`] });
    const nothing = (body: string): Shot => ({ path: "/trpc/bench.nothing", token, body, expected: 200 });
    const variants = {
      nothing: () => nothing(""),
      "nothing again (A/A)": () => nothing(""),
      "nothing, with the body": (index: number) => nothing(bodyOf(index)),
      "createOrGet, existing": (index: number) => ({
        path: "/trpc/chat.createOrGet",
        token,
        body: bodyOf(index),
        expected: 200,
      }),
    };
    await measure(url, variants, print);
  } finally {
    child.disconnect();
    await once(child, "exit");
  }
}

async function measure(
  url: string,
  variants: Readonly<Record<string, (index: number) => Shot>>,
  print: (line: string) => void,
): Promise<void> {
  const rates = new Map<string, number[]>(Object.keys(variants).map((name) => [name, []]));
  for (let round = -2; round < rounds; round += 1) {
    const names = Object.keys(variants);
    const turn = (round + 2) % names.length;
    for (const name of [...names.slice(turn), ...names.slice(0, turn)]) {
      const next = variants[name];
      if (next === undefined) continue;
      const { sent, seconds, surprises } = await load({
        url,
        connections: 64,
        seconds: 0.5,
        rate: null,
        next,
      });
      if (Object.keys(surprises).length > 0) throw new Error(`${name}: ${JSON.stringify(surprises)}`);
      if (round >= 0) rates.get(name)?.push(sent / seconds);
    }
  }
  const control = rates.get("nothing") ?? [];
  for (const [name, own] of rates) {
    const ratios = own.map((rate, round) => rate / (control[round] ?? Number.NaN)).toSorted((a, b) => a - b);
    const at = (share: number): string =>
      (ratios[Math.floor(ratios.length * share)] ?? Number.NaN).toFixed(2);
    const median = own.toSorted((a, b) => a - b)[Math.floor(own.length / 2)] ?? Number.NaN;
    print(
      `${name.padEnd(24)} ${median.toFixed(0).padStart(6)}/s   ${at(0.5)} of the floor (middle half: ${at(0.25)} to ${at(0.75)}, ${rounds} rounds)`,
    );
  }
}
