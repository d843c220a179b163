const headerLength = 16;
const lengthBytes = 4;
/** The driver's limit for one message, 48,000,000 bytes, and room for its header. */
const maxLength = 48_000_000 + 16 * 1024;

const opReply = 1;
const opMsg = 2013;

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
  return (frame.readUInt32LE(16) & 2) === 0;
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
  const checksum = (frame.readUInt32LE(16) & 1) === 1 ? 4 : 0;
  for (let offset = headerLength + 4; offset + 5 <= frame.length - checksum;) {
    const kind = frame.readUInt8(offset);
    const size = frame.readInt32LE(offset + 1);
    if (kind === 0) return frame.subarray(offset + 1, offset + 1 + size);
    offset += 1 + Math.max(size, 4);
  }
  return null;
}

function writeHeader(frame: Buffer, responseTo: number, opCode: number): void {
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(0, 4);
  frame.writeInt32LE(responseTo, 8);
  frame.writeInt32LE(opCode, 12);
}
