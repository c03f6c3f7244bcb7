import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, fastify } from 'fastify';
import { RawConnection } from '../../../test/support/clients/raw-connection';
import { rejectMalformedRequest } from './client-errors';
import { OpenConnections } from './open-connections';

const REQUEST_TIMEOUT_MS = 400;

const GARBAGE = 'GARBAGE\0\r\n\r\n';
const HEADERS = 'Host: x\r\nContent-Type: application/json\r\n';
const slow = (headers = ''): string => `GET /slow HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const create = (headers = ''): string =>
  `POST /created HTTP/1.1\r\n${HEADERS}${headers}Content-Length: 2\r\n\r\n{}`;

describe('rejectMalformedRequest', () => {
  let server: FastifyInstance;
  let connection: RawConnection;

  beforeEach(async () => {
    server = fastify({
      requestTimeout: REQUEST_TIMEOUT_MS,
      http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: 20 },
      clientErrorHandler: rejectMalformedRequest,
    });
    new OpenConnections().attach(server);
    server.get('/slow', async () => {
      await sleep(2 * REQUEST_TIMEOUT_MS);
      return 'slow';
    });
    server.post('/created', async (_request, reply) => {
      await sleep(50);
      return reply.code(201).send('{}');
    });
    await server.listen({ port: 0, host: '127.0.0.1' });
    connection = await RawConnection.open(
      `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    );
  });
  afterEach(async () => {
    connection.close();
    await server.close();
  });

  it('sends the responses of the requests before the malformed one first', async () => {
    connection.write(create() + create() + GARBAGE);
    await connection.ended();
    expect(connection.statuses).toEqual([201, 201, 400]);
  });

  it('rejects once, however much follows', async () => {
    connection.write(create() + GARBAGE);
    for (let count = 0; count < 5; count++) {
      await sleep(2);
      connection.write(GARBAGE);
    }
    await connection.ended();
    expect(connection.statuses).toEqual([201, 400]);
  });

  it.each([GARBAGE, create(), '\r\n'])('sends nothing after the last response, before %j', async (next) => {
    connection.write(create('Connection: close\r\n') + next);
    await connection.ended();
    expect(connection.statuses).toEqual([201]);
  });

  it('rejects a malformed body immediately', async () => {
    connection.write(`POST /created HTTP/1.1\r\n${HEADERS}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n`);
    await connection.ended();
    expect(connection.statuses).toEqual([400]);
  });

  it('gives a body that waits for an earlier response the time of a request', async () => {
    connection.write(slow() + create().slice(0, -1));
    await sleep(REQUEST_TIMEOUT_MS / 2);
    connection.write(`}${create('Connection: close\r\n')}`);
    await connection.ended();
    expect(connection.statuses).toEqual([200, 201, 201]);
  });

  it('rejects a body that does not arrive after the earlier response', async () => {
    connection.write(slow() + create().slice(0, -1));
    await connection.ended();
    expect(connection.statuses).toEqual([200, 408]);
  });

  it('rejects a head that does not arrive during a response', async () => {
    connection.write(`${slow()}GET /slow HTTP/1.1\r\n`);
    await connection.ended();
    expect(connection.statuses).toEqual([200, 408]);
  });
});
