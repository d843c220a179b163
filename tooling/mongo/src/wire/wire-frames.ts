const headerLength = 16;
const lengthBytes = 4;
/** The driver's limit for one message, 48,000,000 bytes, and room for its header. */
const maxLength = 48_000_000 + 16 * 1024;

const opReply = 1;
const opQuery = 2004;
const opMsg = 2013;

/** Flags of an OP_MSG. */
const checksumPresent = 1;
const moreToCome = 2;
const exhaustAllowed = 2 ** 16;

/**
 * Cuts a byte stream into wire messages, each with its header.
 *
 * @throws RangeError when a message announces an impossible length
 */
export async function* wireFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  let pending: Buffer[] = [];
  let available = 0;
  let length: number | null = null;
  for await (const chunk of chunks) {
    pending.push(chunk);
    available += chunk.length;
    // Chunks are joined once for the length and once for the whole message, however many they are.
    while (available >= (length ?? lengthBytes)) {
      const joined: Buffer = pending.length === 1 ? (pending[0] ?? chunk) : Buffer.concat(pending);
      pending = [joined];
      length ??= announcedLength(joined);
      if (available < length) break;
      yield joined.subarray(0, length);
      available -= length;
      pending = available === 0 ? [] : [joined.subarray(length)];
      length = null;
    }
  }
}

function announcedLength(head: Buffer): number {
  const length = head.readInt32LE(0);
  if (length < headerLength || length > maxLength) throw new RangeError(`a wire message of ${length} bytes`);
  return length;
}

export function requestIdOf(frame: Buffer): number {
  return frame.readInt32LE(4);
}

/** Whether the client of an OP_MSG waits for an answer: it does not when it announces more to come. */
export function wantsReply(frame: Buffer): boolean {
  return (frame.readUInt32LE(headerLength) & moreToCome) === 0;
}

/** An OP_MSG with one body section. */
export function msgFrame(body: Uint8Array, responseTo: number): Buffer {
  const frame = Buffer.allocUnsafe(headerLength + 5 + body.length);
  writeHeader(frame, responseTo, opMsg);
  frame.writeUInt32LE(0, 16);
  frame.writeUInt8(0, 20);
  frame.set(body, headerLength + 5);
  return frame;
}

/** The same request without a checksum, and without leave to answer with more than one message. */
export function plainRequest(frame: Buffer): Buffer {
  if (frame.readInt32LE(12) !== opMsg) return frame;
  const isPlain = (frame.readUInt32LE(headerLength) & (checksumPresent | exhaustAllowed)) === 0;
  return isPlain ? frame : requestFrame(frame, sections(frame));
}

/** The same OP_MSG with other sections, and as plain as {@link plainRequest} makes it. */
export function requestFrame(original: Buffer, parts: Iterable<WireSection>): Buffer {
  const bytes = Array.from(parts, ({ kind, bytes: part }) => [Buffer.from([kind]), part]).flat();
  const frame = Buffer.concat([original.subarray(0, headerLength + 4), ...bytes]);
  frame.writeInt32LE(frame.length, 0);
  frame.writeUInt32LE(original.readUInt32LE(headerLength) & moreToCome, headerLength);
  return frame;
}

/** An OP_REPLY with one document: the answer to a handshake in the old form. */
export function replyFrame(body: Uint8Array, responseTo: number): Buffer {
  const frame = Buffer.alloc(headerLength + 20 + body.length);
  writeHeader(frame, responseTo, opReply);
  frame.writeInt32LE(1, 32);
  frame.set(body, headerLength + 20);
  return frame;
}

/** The body section of an OP_MSG: the command without its document sequences; `null` for any other message. */
export function commandBody(frame: Buffer): Buffer | null {
  if (frame.readInt32LE(12) !== opMsg) return null;
  for (const { kind, bytes } of sections(frame)) if (kind === 0) return bytes;
  return null;
}

/** The document of an OP_QUERY, the old form of a handshake, or of the OP_REPLY to it; `null` for any other message. */
export function legacyBody(frame: Buffer): Buffer | null {
  const opCode = frame.readInt32LE(12);
  if (opCode === opReply) return frame.subarray(headerLength + 20);
  if (opCode !== opQuery) return null;
  const name = frame.indexOf(0, headerLength + 4);
  return name === -1 ? null : frame.subarray(name + 9);
}

/** A part of an OP_MSG: a document (kind 0), or a named sequence of documents (kind 1). */
export interface WireSection {
  readonly kind: number;
  /** Both kinds begin with their length. */
  readonly bytes: Buffer;
}

/** The sections of an OP_MSG, whatever lengths they claim, without its checksum. */
export function* sections(frame: Buffer): Generator<WireSection, void, void> {
  const checksum = (frame.readUInt32LE(headerLength) & checksumPresent) === 0 ? 0 : 4;
  for (let offset = headerLength + 4; offset + 5 <= frame.length - checksum;) {
    const size = frame.readInt32LE(offset + 1);
    yield { kind: frame.readUInt8(offset), bytes: frame.subarray(offset + 1, offset + 1 + size) };
    offset += 1 + Math.max(size, 4);
  }
}

function writeHeader(frame: Buffer, responseTo: number, opCode: number): void {
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(0, 4);
  frame.writeInt32LE(responseTo, 8);
  frame.writeInt32LE(opCode, 12);
}
