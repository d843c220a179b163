/** Gives every different text a small number, so that a million operations need not each hold their texts. */
export interface Names {
  readonly list: readonly string[];
  /** The number of a name; a new name gets the next one. */
  readonly indexOf: (name: string) => number;
  /** The number of a name that has one, else -1. */
  readonly find: (name: string) => number;
  /** `indexOf` for the printable ASCII between two places, of which `hash` is the hash. */
  readonly indexOfBytes: (bytes: Buffer, from: number, until: number, hash: number) => number;
}

/** The hash of no characters, and of some characters and one more: FNV-1a. */
export const hashStart = 0x811c9dc5 | 0;
export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

const free = -1;

/**
 * A hash table with open addressing; `known` have their places as numbers. A `Map` would have to be asked with texts,
 * and to make one for every mention of every id is what reading a history would spend its time on.
 */
export function names(known: readonly string[] = []): Names {
  const list: string[] = [];
  const hashes: number[] = [];
  let slots = new Int32Array(32).fill(free);

  /** The slot of what has this hash and passes, or the free slot for it. */
  const slotOfText = (name: string, hash: number): number => {
    let slot = slotFor(hash, slots.length);
    for (; slots[slot] !== free; slot = (slot + 1) & (slots.length - 1)) {
      const index = slots[slot] ?? free;
      if (hashes[index] === hash && list[index] === name) break;
    }
    return slot;
  };
  const slotOfBytes = (bytes: Buffer, from: number, until: number, hash: number): number => {
    let slot = slotFor(hash, slots.length);
    for (; slots[slot] !== free; slot = (slot + 1) & (slots.length - 1)) {
      const index = slots[slot] ?? free;
      if (hashes[index] === hash && says(list[index] ?? "", bytes, from, until)) break;
    }
    return slot;
  };
  const add = (name: string, hash: number, slot: number): number => {
    const index = list.push(name) - 1;
    hashes.push(hash);
    slots[slot] = index;
    if (list.length * 2 > slots.length) slots = placed(hashes, slots.length * 4);
    return index;
  };
  const numbered: Names = {
    list,
    find: (name) => slots[slotOfText(name, hashOf(name))] ?? free,
    indexOf(name) {
      const hash = hashOf(name);
      const slot = slotOfText(name, hash);
      const index = slots[slot] ?? free;
      return index === free ? add(name, hash, slot) : index;
    },
    indexOfBytes(bytes, from, until, hash) {
      const slot = slotOfBytes(bytes, from, until, hash);
      const index = slots[slot] ?? free;
      return index === free ? add(bytes.toString("latin1", from, until), hash, slot) : index;
    },
  };
  for (const name of known) numbered.indexOf(name);
  return numbered;
}

function hashOf(name: string): number {
  let hash = hashStart;
  for (let index = 0; index < name.length; index += 1) hash = hashStep(hash, name.charCodeAt(index));
  return hash;
}

function slotFor(hash: number, slots: number): number {
  return (hash ^ (hash >>> 15)) & (slots - 1);
}

/** All names anew, in more slots. */
function placed(hashes: readonly number[], size: number): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(size).fill(free);
  for (const [index, hash] of hashes.entries()) {
    let slot = slotFor(hash, size);
    while (slots[slot] !== free) slot = (slot + 1) & (size - 1);
    slots[slot] = index;
  }
  return slots;
}

function says(name: string, bytes: Buffer, from: number, until: number): boolean {
  if (name.length !== until - from) return false;
  for (let index = 0; index < name.length; index += 1)
    if (name.charCodeAt(index) !== bytes[from + index]) return false;
  return true;
}
