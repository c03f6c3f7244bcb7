import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

export type QuestionType = 'A' | 'AAAA';

/** The addresses of a name, an error of the server, or no response at all. */
export type DnsResponse = readonly string[] | 'nxdomain' | 'servfail' | 'silent';

const HEADER_BYTES = 12;
const TYPES: ReadonlyMap<number, QuestionType> = new Map([
  [1, 'A'],
  [28, 'AAAA'],
]);
const RESPONSE_CODES = { nxdomain: 3, servfail: 2 };

/** A name server on loopback (RFC 1035), over UDP and for one question at a time. */
export class DnsServer {
  /** Each question, as `name type`. */
  readonly questions: string[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly createResponse: (name: string, type: QuestionType) => DnsResponse,
  ) {}

  /** Addresses of the other family are left out of the response. */
  static async start(createResponse: (name: string, type: QuestionType) => DnsResponse): Promise<DnsServer> {
    const socket = createSocket('udp4');
    const server = new DnsServer(socket, createResponse);
    socket.on('message', (message, client) => server.respond(message, client));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return server;
  }

  /** For `setServers`. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }

  private respond(message: Buffer, client: RemoteInfo): void {
    const { name, end } = readName(message);
    const type = TYPES.get(message.readUInt16BE(end));
    if (!type) return;
    this.questions.push(`${name} ${type}`);
    const response = this.createResponse(name, type);
    if (response === 'silent') return;
    const addresses =
      typeof response === 'string' ? [] : response.filter((each) => isIPv4(each) === (type === 'A'));
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(message.readUInt16BE(0), 0);
    // A response, recursion desired and available.
    header.writeUInt16BE(0x8180 | (typeof response === 'string' ? RESPONSE_CODES[response] : 0), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(addresses.length, 6);
    const question = message.subarray(HEADER_BYTES, end + 4);
    this.socket.send(
      Buffer.concat([header, question, ...addresses.map(toRecord)]),
      client.port,
      client.address,
    );
  }
}

/** Returns the name of the first question in lower case, and where its type begins. */
function readName(message: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (let length = message[offset]!; length > 0; length = message[offset]!) {
    labels.push(message.toString('latin1', offset + 1, offset + 1 + length));
    offset += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: offset + 1 };
}

/** A record without a time to live, for the name of the question. */
function toRecord(address: string): Buffer {
  const data = Buffer.from(ipaddr.parse(address).toByteArray());
  const record = Buffer.alloc(HEADER_BYTES);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(isIPv4(address) ? 1 : 28, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}
