import { appendPiece } from '../stream/append-piece';

/** The bytes of a body that are held. An upstream that sends single bytes takes little more memory than the bytes. */
export class HeldBody {
  /** Bytes that are held. */
  bytes = 0;
  private readonly held: Buffer[] = [];

  /** In their order. */
  get pieces(): readonly Buffer[] {
    return this.held;
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    appendPiece(this.held, chunk);
  }

  /** Drops the first pieces as long as at least `bytes` are left. */
  keepTail(bytes: number): void {
    while (this.held.length > 0 && this.bytes - this.held[0]!.length >= bytes)
      this.bytes -= this.held.shift()!.length;
  }

  join(): Buffer {
    return this.held.length === 1 ? this.held[0]! : Buffer.concat(this.held);
  }
}
