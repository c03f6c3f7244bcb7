import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../eventually';

/** One connection to a server, for requests that arrive in pieces. */
export class RawConnection {
  private text = '';
  private hasEnded = false;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (chunk: string) => (this.text += chunk));
    socket.on('end', () => (this.hasEnded = true));
    // A server may reset a connection that it has ended.
    socket.on('error', () => undefined);
    socket.on('close', () => (this.hasEnded = true));
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** Everything that the server sent. */
  get received(): string {
    return this.text;
  }

  /** Whether the server has ended the connection. */
  get isEnded(): boolean {
    return this.hasEnded;
  }

  /** The statuses of all responses so far, interim ones included. */
  get statuses(): readonly number[] {
    return [...this.text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Writes a request head. The body follows, in any number of pieces. */
  writeHead(requestLine: string, headers: Readonly<Record<string, string>> = {}): void {
    const lines = Object.entries({ Host: 'localhost', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.write(`${requestLine} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  /** Writes a piece again and again until the server ends the connection. */
  async drip(piece: string, intervalMs: number): Promise<void> {
    while (!this.hasEnded) {
      this.write(piece);
      await sleep(intervalMs);
    }
  }

  /** Waits for a number of responses and returns their statuses. */
  async responses(count = 1): Promise<readonly number[]> {
    return eventually(`${count} responses`, () => this.statuses.length >= count && this.statuses);
  }

  /** Waits until the server ends the connection. */
  async ended(): Promise<void> {
    await eventually('the server ends the connection', () => this.hasEnded);
  }

  /** Stops reading what the server sends. */
  pause(): void {
    this.socket.pause();
  }

  /** Waits for the next bytes from the server, and stops reading. */
  async pauseWhenReceiving(): Promise<void> {
    await once(this.socket, 'data');
    this.pause();
  }

  /** Reads again what the server sends. */
  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }
}
