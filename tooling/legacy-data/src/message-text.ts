import type { Random } from "./random.ts";

const openings = [
  "Hello",
  "Thanks",
  "One question",
  "Good morning",
  "Zoë says",
  "👍",
  "Well",
  "おはよう",
] as const;
const subjects = ["the invoice", "tomorrow", "the café", "your order", "that photo", "the meeting"] as const;
const endings = ["is fine.", "can wait.", "is missing!", "was sent twice…", "?", "– see you there"] as const;

export function messageText(draw: Random): string {
  return `${draw.pick(openings)}, ${draw.pick(subjects)} ${draw.pick(endings)}`;
}
