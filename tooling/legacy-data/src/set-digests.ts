import { createHash } from "node:crypto";

/** A digest for each name that does not depend on the order of what was added; 24 bytes and the name are held. */
export class SetDigests {
  readonly #indexes = new Map<string, number>();
  #counts = new Float64Array(1024);
  #sums = new BigUint64Array(2048);

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    const index = this.#indexes.size;
    this.#indexes.set(name, index);
    if (index >= this.#counts.length) this.#grow();
    return index;
  }

  /** Sums wrap around; a member that was added twice shows, which it would not with exclusive or. */
  add(index: number, member: string): void {
    const hash = createHash("sha256").update(member).digest();
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sums[index * 2] = (this.#sums[index * 2] ?? 0n) + hash.readBigUInt64LE(0);
    this.#sums[index * 2 + 1] = (this.#sums[index * 2 + 1] ?? 0n) + hash.readBigUInt64LE(8);
  }

  toMap(): Map<string, string> {
    const digests = new Map<string, string>();
    for (const [name, index] of this.#indexes) digests.set(name, this.#digest(index));
    return digests;
  }

  #digest(index: number): string {
    const sums = [this.#sums[index * 2], this.#sums[index * 2 + 1]];
    const text = sums.map((sum) => (sum ?? 0n).toString(16).padStart(16, "0")).join("");
    return `${this.#counts[index] ?? 0}:${text}`;
  }

  #grow(): void {
    const counts = new Float64Array(this.#counts.length * 2);
    const sums = new BigUint64Array(this.#sums.length * 2);
    counts.set(this.#counts);
    sums.set(this.#sums);
    this.#counts = counts;
    this.#sums = sums;
  }
}
