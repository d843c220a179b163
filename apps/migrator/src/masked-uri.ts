const credentials = /(mongodb(?:\+srv)?:\/\/)[^\s"']*@/gi;

/** Shorter ones occur everywhere by chance: to mask them would tell more than it hides. */
const shortestSecret = 4;

/** The hosts of a connection string, and nothing else of it. */
export function hostsOf(uri: string): string {
  const [, authority = ""] = /^mongodb(?:\+srv)?:\/\/([^/?]*)/i.exec(withoutCredentials(uri)) ?? [];
  return authority;
}

/** Takes the secrets of a connection string out of text: whole strings with user and password, and either on its own. */
export function maskOf(uri: string | null): (text: string) => string {
  const secrets = uri === null ? [] : secretsOf(uri);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, "***"), withMaskedUris(text));
}

/** For everything that is printed, whatever it was made of. */
export function withMaskedUris(text: string): string {
  return text.replaceAll(credentials, "$1***@");
}

function withoutCredentials(uri: string): string {
  return uri.replaceAll(credentials, "$1");
}

/** Longest first, so that none is left over in part. */
function secretsOf(uri: string): readonly string[] {
  const [, userinfo = ""] = /^mongodb(?:\+srv)?:\/\/(.*)@/is.exec(uri) ?? [];
  const parts = [userinfo, ...userinfo.split(/:(.*)/s)];
  return [...new Set(parts.flatMap((part) => [part, decoded(part)]))]
    .filter(({ length }) => length >= shortestSecret)
    .toSorted((a, b) => b.length - a.length);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
