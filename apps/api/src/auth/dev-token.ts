import { participantId } from "@onechat/chat-domain";
import type { FastifyInstance } from "fastify";
import { SignJWT } from "jose";
import { z } from "zod";
import { TRPCError } from "@trpc/server";

export interface DevTokenOptions {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

const lifetimeSeconds = 12 * 60 * 60;

const DevTokenInput = z.strictObject({ sub: z.string(), scope: z.string().optional() });

/** For development only: a token for whoever asks. */
export function devToken(server: FastifyInstance, { secret, issuer, audience }: DevTokenOptions): void {
  const key = new TextEncoder().encode(secret);
  server.post("/dev/token", async (request) => {
    const input = DevTokenInput.safeParse(request.body);
    if (!input.success) throw new TRPCError({ code: "BAD_REQUEST", cause: input.error });
    const expires = Math.floor(Date.now() / 1_000) + lifetimeSeconds;
    const { sub, scope } = input.data;
    const token = await new SignJWT(scope === undefined ? {} : { scope })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject(participantId(sub))
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key);
    return { token, expiresAt: new Date(expires * 1_000).toISOString() };
  });
}
