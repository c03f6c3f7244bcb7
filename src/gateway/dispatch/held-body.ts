import { appendPiece } from '../stream/append-piece';

/** Holds the bytes of a body. Many tiny chunks take little more memory than their bytes. */
export class HeldBody {
  /** The number of bytes. */
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
