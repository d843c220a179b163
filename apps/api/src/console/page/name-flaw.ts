const longest = 256;

/** What is wrong with a user's name, as the server would say when it refuses it; `null` when nothing is. */
export function nameFlaw(name: string): string | null {
  if (name === "") return "A name is missing.";
  if (name.length > longest) return `A name has at most ${longest} characters; this one has ${name.length}.`;
  if (/\p{Cc}/u.test(name)) return "A name holds no control characters, such as tabs.";
  if (/\p{Cs}/u.test(name)) return "A name holds no halves of characters.";
  return null;
}
