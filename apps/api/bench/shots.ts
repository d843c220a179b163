import { SignJWT } from "jose";
import type { Shot } from "./load.ts";

export const secret = "a-secret-that-only-the-bench-knows-0123456789";

export async function tokenOf(sub: string, scope = ""): Promise<string> {
  const token = new SignJWT({ scope })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setIssuer("onechat");
  return token.setAudience("onechat").setExpirationTime("2h").sign(new TextEncoder().encode(secret));
}

const createOrGet = "/api/chats/create-or-get";

/** Nine existing chats for each new one: what an application does most. */
export function goodShots(token: string, run: string): (index: number) => Shot {
  return (index) => ({
    path: createOrGet,
    token,
    body: JSON.stringify({ participants: [index % 10 === 0 ? `${run}-${index}` : `friend-${index % 500}`] }),
    expected: 200,
  });
}

/** One request in five is bad, each in its own way. */
export function mixedShots(token: string, run: string): (index: number) => Shot {
  const good = goodShots(token, run);
  const bad: readonly Omit<Shot, "token">[] = [
    { path: createOrGet, body: '{"participants":["bob"', expected: 400 },
    { path: createOrGet, body: '{"participants":[{"$ne":null}]}', expected: 400 },
    { path: createOrGet, body: JSON.stringify({ participants: ["x".repeat(300_000)] }), expected: 413 },
    { path: "/trpc/chat.nothing", body: "{}", expected: 404 },
    { path: createOrGet, body: '{"participants":["bob"]}', expected: 401 },
  ];
  return (index) => {
    const shot = bad[Math.floor(index / 5) % bad.length];
    if (index % 5 !== 4 || shot === undefined) return good(index);
    return { ...shot, token: shot.expected === 401 ? "a.b.c" : token };
  };
}
