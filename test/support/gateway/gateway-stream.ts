import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { eventually } from '../eventually';

/** A response that is still arriving. */
export class GatewayStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The chunks of the network and when each arrived, by the monotonic clock. */
  readonly chunks: { readonly bytes: Buffer; readonly atMs: number }[] = [];
  /** `ended` if the response is complete, `broken` if its connection ended before. */
  state: 'open' | 'ended' | 'broken' = 'open';

  constructor(private readonly response: IncomingMessage) {
    this.status = response.statusCode!;
    this.headers = response.headers;
    response.on('data', (bytes: Buffer) => this.chunks.push({ bytes, atMs: performance.now() }));
    response.on('end', () => (this.state = 'ended'));
    response.on('error', () => (this.state = 'broken'));
    response.on('close', () => {
      if (this.state === 'open') this.state = 'broken';
    });
  }

  /** Everything that has arrived. */
  get bytes(): Buffer {
    return Buffer.concat(this.chunks.map(({ bytes }) => bytes));
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** The parsed `data` of each complete event so far, `[DONE]` as a text. */
  get events(): unknown[] {
    const blocks = this.text.split(/\r?\n\r?\n/).slice(0, -1);
    return blocks.flatMap((block) => {
      const lines = block.split(/\r?\n/).filter((line) => line.startsWith('data:'));
      if (lines.length === 0) return [];
      const data = lines.map((line) => line.slice(5).trimStart()).join('\n');
      return [data === '[DONE]' ? data : (JSON.parse(data) as unknown)];
    });
  }

  /** Waits until the text so far contains `part`. Throws if the response ends without it. */
  async untilText(part: string): Promise<void> {
    await eventually(`the stream has ${part}`, () => {
      if (this.text.includes(part)) return true;
      if (this.state !== 'open') throw new Error(`the stream ${this.state} without ${part}: ${this.text}`);
      return false;
    });
  }

  /** Waits for the end and returns whether the response is complete. */
  async finished(): Promise<boolean> {
    await eventually('the stream ends', () => this.state !== 'open');
    return this.state === 'ended';
  }

  /** Stops reading, as a stalled caller does. */
  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  /** Closes the connection, as a caller that leaves does. */
  leave(): void {
    this.response.destroy();
  }
}
