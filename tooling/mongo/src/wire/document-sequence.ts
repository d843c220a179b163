import type { WireSection } from "./wire-frames.ts";

/** Documents that are sent beside the command whose field they are, undecoded. */
export interface DocumentSequence {
  readonly name: string;
  readonly documents: readonly Uint8Array[];
}

/** The sequence that a section holds; `null` for the command itself. */
export function sequenceIn({ kind, bytes }: WireSection): DocumentSequence | null {
  if (kind !== 1) return null;
  const nameEnd = bytes.indexOf(0, 4);
  const documents: Uint8Array[] = [];
  for (let offset = nameEnd + 1; offset + 4 < bytes.length;) {
    const end = offset + Math.max(bytes.readInt32LE(offset), 5);
    documents.push(bytes.subarray(offset, end));
    offset = end;
  }
  return { name: bytes.toString("utf8", 4, nameEnd), documents };
}

export function sequence(name: string, documents: readonly Uint8Array[]): WireSection {
  const length = Buffer.alloc(4);
  const bytes = Buffer.concat([length, Buffer.from(`${name}\0`), ...documents]);
  bytes.writeInt32LE(bytes.length, 0);
  return { kind: 1, bytes };
}
