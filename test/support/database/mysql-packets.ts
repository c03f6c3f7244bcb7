const HEADER_BYTES = 4;
const COM_QUERY = 3;

/** A complete packet of a MySQL client. */
export interface ClientPacket {
  readonly bytes: Buffer;
  /** The statement of a text query, else null. */
  readonly sql: string | null;
}

/**
 * Splits a client's bytes into packets of a three-byte length, a one-byte sequence number and the payload. A command
 * starts a new sequence at 0; packets of the handshake continue the server's sequence.
 */
export class ClientPackets {
  private rest = Buffer.alloc(0);

  /** Yields the packets that this chunk completes. */
  *add(chunk: Buffer): Generator<ClientPacket> {
    this.rest = Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.rest.readUIntLE(0, 3);
      if (this.rest.length < end) return;
      const bytes = this.rest.subarray(0, end);
      this.rest = this.rest.subarray(end);
      const isStatement = bytes[3] === 0 && bytes[HEADER_BYTES] === COM_QUERY;
      yield { bytes, sql: isStatement ? bytes.toString('utf8', HEADER_BYTES + 1) : null };
    }
  }
}
