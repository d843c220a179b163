/**
 * Gives the same text for the same bytes, without making it anew: in a history every key, process and id stands many
 * times. What it has not seen lately it makes again, so that it stays small.
 */
export interface TextMemory {
  /** The text of printable ASCII between two places; `hash` is any number that the bytes decide. */
  readonly textOf: (bytes: Buffer, from: number, until: number, hash: number) => string;
}

const places = 2 ** 17;

export function textMemory(): TextMemory {
  const texts: (string | undefined)[] = Array.from({ length: places });
  return {
    textOf(bytes, from, until, hash) {
      const place = hash & (places - 1);
      const known = texts[place];
      if (known !== undefined && says(known, bytes, from, until)) return known;
      const text = bytes.toString("latin1", from, until);
      texts[place] = text;
      return text;
    },
  };
}

function says(text: string, bytes: Buffer, from: number, until: number): boolean {
  if (text.length !== until - from) return false;
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) !== bytes[from + index]) return false;
  return true;
}
