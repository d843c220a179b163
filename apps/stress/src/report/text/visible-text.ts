/** Controls but for tab and line feed, what turns the direction of text around, and what is no character at all. */
const unprintable = /(?![\t\n])[\p{Cc}\p{Bidi_Control}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/** Texts from outside may hold what no document allows, or what turns it around: such characters are spelled out. */
export function visibleText(text: string): string {
  return text.replaceAll(unprintable, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return `\\u{${code}}`;
  });
}

/** Keeps both ends, which tell more than the middle. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) * 0.7);
  return `${text.slice(0, head)}…${text.slice(text.length - (limit - 1 - head))}`;
}
