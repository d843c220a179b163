/**
 * A misspelt option would be left out without a word.
 *
 * @throws TypeError that names the option, with the reason where there is one
 */
export function refuseUnknown(
  what: string,
  given: object,
  known: Readonly<Record<string, true>>,
  reasons: Readonly<Record<string, string>> = {},
): void {
  for (const name in given) {
    if (Object.hasOwn(known, name)) continue;
    const reason = Object.hasOwn(reasons, name) ? reasons[name] : `it has ${Object.keys(known).join(", ")}`;
    throw new TypeError(`${what} has no option ${JSON.stringify(name)}: ${reason}`);
  }
}
