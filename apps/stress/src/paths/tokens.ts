import { SignJWT } from "jose";

/** What the API processes of a run believe. */
export interface TokenIssuer {
  readonly secret: string;
}

const issuer = "onechat";
const lifetime = "12h";

/** A token of one person, or, with a scope, of a service that acts for others. */
export async function tokenOf(
  { secret }: TokenIssuer,
  person: string,
  scope: string | null = null,
): Promise<string> {
  return new SignJWT(scope === null ? {} : { scope })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(person)
    .setIssuer(issuer)
    .setAudience(issuer)
    .setExpirationTime(lifetime)
    .sign(new TextEncoder().encode(secret));
}
