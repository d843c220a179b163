const ending = /-\d{6}$/;
const longest = 249;

/** Left where a name is cut in the middle of a character. */
const half = /[\uD800-\uDBFF]$/;

/** The same name with an ending that nobody has used. */
export function freshName(name: string): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  const digits = String(random % 1_000_000).padStart(6, "0");
  return `${name.trim().replace(ending, "").slice(0, longest).replace(half, "")}-${digits}`;
}
