import { SignJWT } from "jose";
import type { AuthSettings } from "../src/auth/authentication.ts";

export const secret = "a-secret-that-only-the-tests-know-0123456789";

export const authSettings: AuthSettings = { keys: { secret }, issuer: "onechat", audience: "onechat" };

export interface TokenClaims {
  readonly sub?: string;
  readonly scope?: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expiresIn?: string | null;
  readonly notBefore?: string;
  readonly signedWith?: string;
  readonly algorithm?: string;
}

const rightClaims = {
  sub: "alice",
  issuer: "onechat",
  audience: "onechat",
  expiresIn: "5m",
  signedWith: secret,
  algorithm: "HS256",
} as const;

/** A token that is right but for what is asked to be wrong. */
export async function testToken(claims: TokenClaims = {}): Promise<string> {
  const { sub, scope, issuer, audience, expiresIn, notBefore, signedWith, algorithm } = {
    ...rightClaims,
    ...claims,
  };
  const token = new SignJWT(scope === undefined ? {} : { scope })
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(issuer)
    .setAudience(audience);
  if (sub !== "") token.setSubject(sub);
  if (expiresIn !== null) token.setExpirationTime(expiresIn);
  if (notBefore !== undefined) token.setNotBefore(notBefore);
  return token.sign(new TextEncoder().encode(signedWith));
}

/** What `alg: none` looks like. */
export function unsignedToken(sub: string): string {
  const exp = Math.floor(Date.now() / 1_000) + 300;
  return `${part({ alg: "none" })}.${part({ sub, exp, iss: "onechat", aud: "onechat" })}.`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
