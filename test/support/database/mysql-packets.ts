const HEADER_BYTES = 4;
const COM_QUERY = 3;

/** One packet of a MySQL client, whole, with the statement where it is one in text. */
export interface ClientPacket {
  readonly bytes: Buffer;
  readonly sql: string | null;
}

/**
 * Cuts what a client sends into its packets: three bytes of length, one that counts within the exchange, the payload. A
 * command begins a new count at 0; the packets of the handshake go on with the server's.
 */
export class ClientPackets {
  private rest = Buffer.alloc(0);

  /** The packets that are complete with this chunk. */
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
