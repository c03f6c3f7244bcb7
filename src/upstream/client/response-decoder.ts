import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { upstreamTooLarge } from '../upstream-error';
import { hasZlibHeader } from './content-encoding';

const DECODERS: ReadonlyMap<string, (first: Buffer) => Transform> = new Map<
  string,
  (first: Buffer) => Transform
>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', (first) => (hasZlibHeader(first) ? createInflate() : createInflateRaw())],
  ['br', () => createBrotliDecompress()],
]);

/** Decoded bytes that every response may have. */
const FREE_BYTES = 1024 * 1024;
/** Decoded bytes for each received one, beyond {@link FREE_BYTES}. Text of models is compressed less than 20 times. */
const MAX_RATIO = 100;

export interface DecodedBody {
  onDecoded(chunk: Buffer): void;
  onDecodedEnd(): void;
  /** Called once. Nothing is called after it. */
  onDecodeError(error: Error): void;
  /** The decoder can take more, after `push` returned false. */
  onDecoderDrain(): void;
}

/** Decodes a body as it arrives. Limits the size of the decoded bytes relative to the received ones. */
export class ResponseDecoder {
  private stream: Transform | null = null;
  private isPaused = false;
  private received = 0;
  private decoded = 0;

  private constructor(
    private readonly createStream: (first: Buffer) => Transform,
    private readonly body: DecodedBody,
  ) {}

  /** Returns null if the encoding is unknown, or more than one. */
  static create(encoding: string, body: DecodedBody): ResponseDecoder | null {
    const createStream = DECODERS.get(encoding);
    return createStream ? new ResponseDecoder(createStream, body) : null;
  }

  /** Returns false if the caller must wait for `onDecoderDrain`. */
  push(chunk: Buffer): boolean {
    this.stream ??= this.open(chunk);
    this.received += chunk.length;
    return this.stream.write(chunk);
  }

  /** The last chunk has been pushed. A body without a byte is empty. */
  end(): void {
    if (this.stream) this.stream.end();
    else this.body.onDecodedEnd();
  }

  pause(): void {
    this.isPaused = true;
    this.stream?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.stream?.resume();
  }

  /** Nothing is called afterwards. */
  destroy(): void {
    this.stream
      ?.removeAllListeners()
      .on('error', () => undefined)
      .destroy();
  }

  private open(first: Buffer): Transform {
    const stream = this.createStream(first);
    stream
      .on('data', (chunk: Buffer) => this.takeDecoded(chunk))
      .on('end', () => this.body.onDecodedEnd())
      .on('drain', () => this.body.onDecoderDrain())
      .on('error', (error) => this.body.onDecodeError(error));
    if (this.isPaused) stream.pause();
    return stream;
  }

  private takeDecoded(chunk: Buffer): void {
    this.decoded += chunk.length;
    if (this.decoded > FREE_BYTES + MAX_RATIO * this.received) {
      this.destroy();
      this.body.onDecodeError(upstreamTooLarge());
    } else this.body.onDecoded(chunk);
  }
}
