/** A threshold that cannot be understood; the message says where, and what would be right. */
export class ThresholdSyntaxError extends Error {
  override readonly name = "ThresholdSyntaxError";
}

/** Reads a text from left to right, white space between words aside. */
export interface Scanner {
  /** Fails where the text goes on in another way. */
  take(pattern: RegExp, expected: string): RegExpExecArray;
  attempt(pattern: RegExp): RegExpExecArray | null;
  end(expected: string): void;
  /** About what was taken last. */
  fail(message: string): never;
  last(): string;
  /** What was taken so far, with single spaces. */
  text(): string;
}

/** Patterns are sticky (`y`). */
export function scan(text: string, place: string): Scanner {
  let at = 0;
  let lastAt = 0;
  const failAt = (column: number, message: string): never => {
    throw new ThresholdSyntaxError(
      `${place}, column ${column + 1}: ${message}\n  ${text}\n  ${" ".repeat(column)}^`,
    );
  };
  const skip = (): void => {
    while (/\s/.test(text.charAt(at))) at += 1;
  };
  const attempt = (pattern: RegExp): RegExpExecArray | null => {
    skip();
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return null;
    lastAt = at;
    at += match[0].length;
    return match;
  };
  return {
    attempt,
    take: (pattern, expected) => attempt(pattern) ?? failAt(at, `expected ${expected}`),
    end(expected) {
      skip();
      if (at < text.length) failAt(at, `expected ${expected}`);
    },
    fail: (message) => failAt(lastAt, message),
    last: () => text.slice(lastAt, at),
    text: () => text.slice(0, at).trim().replaceAll(/\s+/g, " "),
  };
}
