/** A, B … Z, A1, B1 … */
export function idLetters(id: number): string {
  const round = Math.floor(id / 26);
  return `${String.fromCharCode(65 + (id % 26))}${round === 0 ? "" : round}`;
}
