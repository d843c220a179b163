import { ChatError, participantId } from "@onechat/chat-domain";
import { TRPCError } from "@trpc/server";
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import type { Caller } from "./caller.ts";
import { rememberVerified } from "./verified-tokens.ts";

/** Where the keys come from: a shared secret, or a key set that the issuer publishes. */
export type AuthKeys = { readonly secret: string } | { readonly jwksUrl: string };

export interface AuthSettings {
  readonly keys: AuthKeys;
  readonly issuer: string;
  readonly audience: string;
}

/** Tokens whose verification is remembered: a few megabytes of them. */
const maxRemembered = 10_000;

/** The caller behind an `authorization` header. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

const scopeNames = { actForOthers: "chat:any", administer: "chat:admin" } as const;

/**
 * Rejects with UNAUTHORIZED when the token is missing or not acceptable, and with the domain's UNAVAILABLE when the
 * issuer's keys cannot be had: that is not the caller's fault.
 */
export function createAuthentication({ keys, issuer, audience }: AuthSettings): Authenticate {
  const common = { issuer, audience, requiredClaims: ["sub", "exp"], clockTolerance: 5 };
  const verify = "secret" in keys ? withSecret(keys.secret, common) : withKeySet(keys.jwksUrl, common);
  const verifiedCaller = rememberVerified(
    async (token) => {
      const payload = await verify(token);
      return { caller: callerOf(payload), expires: payload.exp ?? 0 };
    },
    { now: Date.now, max: maxRemembered },
  );
  return async (authorization) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) throw unauthorized("a bearer token is required");
    return verifiedCaller(token);
  };
}

type Verify = (token: string) => Promise<JWTPayload>;

function withSecret(secret: string, options: JWTVerifyOptions): Verify {
  const key = new TextEncoder().encode(secret);
  return async (token) => {
    try {
      return (await jwtVerify(token, key, { ...options, algorithms: ["HS256"] })).payload;
    } catch (error) {
      throw tokenRefused(error);
    }
  };
}

function withKeySet(url: string, options: JWTVerifyOptions): Verify {
  const keySet: JWTVerifyGetKey = createRemoteJWKSet(new URL(url), { timeoutDuration: 3_000 });
  const algorithms = ["RS256", "PS256", "ES256", "EdDSA"];
  return async (token) => {
    try {
      return (await jwtVerify(token, keySet, { ...options, algorithms })).payload;
    } catch (error) {
      throw isAboutToken(error)
        ? tokenRefused(error)
        : new ChatError("UNAVAILABLE", "the issuer's keys cannot be had", { cause: error });
    }
  };
}

/** Everything else (network, bad answer, timeout) is about the key set, not about the token. */
function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    /^ERR_(JWT|JWS|JOSE_ALG|JOSE_NOT|JWKS_NO|JWKS_MULTIPLE)/.test(error.code)
  );
}

function tokenRefused(error: unknown): TRPCError {
  const expired = error instanceof errors.JWTExpired;
  return unauthorized(expired ? "the token has expired" : "the token was not accepted", error);
}

/** A number is a valid participant id, but no valid `sub`: whoever signs one means something else. */
function callerOf({ sub, scope }: JWTPayload): Caller {
  if (typeof sub !== "string") throw unauthorized("the token's sub is not a string");
  try {
    const scopes = typeof scope === "string" ? scope.split(" ") : [];
    return {
      id: participantId(sub),
      actsForOthers: scopes.includes(scopeNames.actForOthers),
      administers: scopes.includes(scopeNames.administer),
    };
  } catch (error) {
    throw unauthorized("the token's sub is not a valid participant id", error);
  }
}

function unauthorized(message: string, cause?: unknown): TRPCError {
  return new TRPCError({ code: "UNAUTHORIZED", message, cause });
}
