import { ObjectId } from "mongodb";
import { hash32, mix32, random } from "./random.ts";

const spaces = ["user", "chat", "message", "member", "upload", "folder"] as const;
type IdSpace = (typeof spaces)[number];

/** Ids that depend on nothing but the seed and what they are for. */
export interface LegacyIds {
  /** In the order of time, then of the numbers. */
  readonly objectId: (space: IdSpace, at: Date, index: number) => ObjectId;
  /** 17 letters and digits in no order. */
  readonly text: (space: IdSpace, index: number) => string;
  /** Counts up from 0, for what is generated once and in order. */
  readonly next: (space: IdSpace) => number;
}

export function legacyIds(seed: number): LegacyIds {
  const salt = hash32(seed, "id", 0);
  const counts = new Map<IdSpace, number>();
  return {
    objectId: (space, at, index) => {
      const bytes = new Uint8Array(12);
      writeNumber(bytes, 0, Math.floor(at.getTime() / 1000));
      writeNumber(bytes, 4, salt);
      bytes[7] = spaces.indexOf(space);
      writeNumber(bytes, 8, index);
      return new ObjectId(bytes);
    },
    text: (space, index) => textId(seed, spaces.indexOf(space), index),
    next: (space) => {
      const index = counts.get(space) ?? 0;
      counts.set(space, index + 1);
      return index;
    },
  };
}

function writeNumber(bytes: Uint8Array, from: number, value: number): void {
  bytes[from] = value >>> 24;
  bytes[from + 1] = value >>> 16;
  bytes[from + 2] = value >>> 8;
  bytes[from + 3] = value;
}

const letters = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";

/** The first six letters are a bijection of the number, so no two ids of a space are the same; the others are random. */
function textId(seed: number, space: number, index: number): string {
  const draw = random(seed, "id", index + Math.imul(space + 1, 0x9e3779b1));
  let id = "";
  let rest = mix32(mix32(index) ^ hash32(seed, "text", space));
  for (let place = 0; place < 17; place += 1) {
    id += letters[place < 6 ? rest % letters.length : draw.below(letters.length)] ?? "";
    rest = Math.floor(rest / letters.length);
  }
  return id;
}
