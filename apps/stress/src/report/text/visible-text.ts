/* eslint-disable no-control-regex -- control characters are the point */
const unprintable =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Texts from outside may hold what no document allows, or what turns it around: such characters are spelled out. */
export function visibleText(text: string): string {
  return text.replaceAll(unprintable, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return `\\u${code}`;
  });
}

/** Keeps both ends, which tell more than the middle. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) * 0.7);
  return `${text.slice(0, head)}…${text.slice(text.length - (limit - 1 - head))}`;
}
