import { randomBytes } from 'node:crypto';
import { isId } from '../../../src/common/ids';
import { freePort } from '../../support/app/free-port';
import { ServiceProcess } from '../../support/app/service-process';
import { issueToken } from '../../support/clients/accounts';
import { type GatewayApp } from '../../support/gateway/gateway-app';
import { GatewayClient, type GatewayResponse } from '../../support/gateway/gateway-client';
import { useGateway } from '../../support/gateway/use-gateway';
import { GENERATION } from '../../support/gateway/vendor-responses';

/** What differs between the dialects of one error. */
interface Expected {
  readonly status: number;
  readonly code: string;
  readonly anthropicStatus?: number;
  readonly anthropicType: string;
  readonly param?: string;
  readonly shouldRetry?: string;
}

type Send = (app: GatewayApp, path: string) => Promise<GatewayResponse>;

const CASES: readonly (readonly [string, Send, Expected])[] = [
  [
    'no token',
    (app, path) => app.clientWith({}).post(path, {}),
    { status: 401, code: 'invalid_api_key', anthropicType: 'authentication_error' },
  ],
  [
    'an unknown token',
    (app, path) => app.clientWith({ 'x-api-key': 'caret_unknown' }).post(path, {}),
    { status: 401, code: 'invalid_api_key', anthropicType: 'authentication_error' },
  ],
  [
    'a token without the scope',
    async (app, path) => {
      const { token } = await issueToken(app, ['providers:read']);
      return app.clientWith({ authorization: `Bearer ${token}` }).post(path, {});
    },
    {
      status: 403,
      code: 'insufficient_permissions',
      anthropicType: 'permission_error',
      shouldRetry: 'false',
    },
  ],
  [
    'a body that is not JSON',
    (app, path) => app.gateway.post(path, 'x'),
    { status: 400, code: 'invalid_body', anthropicType: 'invalid_request_error' },
  ],
  [
    'a body without a model',
    (app, path) => app.gateway.post(path, {}),
    { status: 400, code: 'invalid_body', anthropicType: 'invalid_request_error', param: 'model' },
  ],
  [
    'a malformed header of Caret',
    (app, path) => app.gateway.post(path, { model: 'x' }, { 'x-caret-max-attempts': 'all' }),
    {
      status: 400,
      code: 'invalid_header',
      anthropicType: 'invalid_request_error',
      param: 'x-caret-max-attempts',
    },
  ],
  [
    'an unknown model',
    (app, path) => app.gateway.post(path, { model: 'nothing' }),
    {
      status: 404,
      code: 'model_not_found',
      anthropicType: 'not_found_error',
      param: 'model',
      shouldRetry: 'false',
    },
  ],
  [
    'a content type other than JSON',
    (app, path) => app.gateway.post(path, 'x', { 'content-type': 'text/plain' }),
    { status: 415, code: 'unsupported_media_type', anthropicType: 'invalid_request_error' },
  ],
  [
    'a body beyond the limit',
    (app, path) => app.gateway.post(path, Buffer.alloc(2 ** 20 + 1, ' ')),
    { status: 413, code: 'request_too_large', anthropicType: 'request_too_large' },
  ],
  [
    'another method',
    (app, path) => app.gateway.send('PUT', path, {}),
    { status: 405, code: 'method_not_allowed', anthropicType: 'invalid_request_error' },
  ],
];

function expectError(response: GatewayResponse, path: string, expected: Expected): void {
  const { status, headers, body } = response;
  const isAnthropic = path.endsWith('messages');
  const requestId = String(headers['x-request-id']);
  expect(status).toBe((isAnthropic ? expected.anthropicStatus : undefined) ?? expected.status);
  expect(headers['content-type']).toMatch(/^application\/json/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect([isId(requestId), headers['request-id']]).toEqual([true, requestId]);
  expect(headers['x-should-retry']).toBe(expected.shouldRetry);
  const message = expect.stringMatching(/^[A-Z"].*\.$/);
  expect(body).toEqual(
    isAnthropic
      ? { type: 'error', error: { type: expected.anthropicType, message }, request_id: requestId }
      : {
          error: {
            message,
            type: expected.status >= 500 ? 'api_error' : 'invalid_request_error',
            param: expected.param ?? null,
            code: expected.code,
          },
        },
  );
}

describe.each(GENERATION)('POST /v1/%s has errors in its form:', (endpoint) => {
  const path = `/v1/${endpoint}`;
  const app = useGateway({ env: { GATEWAY_MAX_BODY_MB: '1' } });

  it.each(CASES)('%s', async (_what, send, expected) => {
    const response = await send(app, path);
    expectError(response, path, expected);
  });

  it('too many invalid tokens, with the time to wait', async () => {
    const client = app.clientWith({ authorization: `Bearer ${'x'.repeat(40)}` });
    let response = await client.post(path, {});
    for (let count = 0; count < 25 && response.status === 401; count++)
      response = await client.post(path, {});
    expect(response.status).toBe(429);
    expect(response.body.error.type).toBe('rate_limit_error');
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.headers['x-should-retry']).toBe('true');
  });
});

describe('an error', () => {
  const app = useGateway();

  it('has an id of Caret, not of the caller', async () => {
    const { headers } = await app.gateway.post('/v1/messages', 'x', { 'x-request-id': 'mine' });
    expect(isId(String(headers['x-request-id']))).toBe(true);
    expect(headers['request-id']).toBe(headers['x-request-id']);
  });

  it('of one call leaves the connection usable for the next', async () => {
    const connection = await app.connect();
    for (const count of [1, 2, 3]) {
      connection.write(
        'POST /v1/messages HTTP/1.1\r\nHost: x\r\nx-api-key: x\r\nContent-Length: 2\r\n\r\n{}',
      );
      await connection.responses(count);
    }
    expect(connection.statuses).toEqual([401, 401, 401]);
    connection.close();
  });
});

describe('a process whose database is not ready', () => {
  let service: ServiceProcess;
  let client: GatewayClient;

  beforeAll(async () => {
    service = await ServiceProcess.start({
      DATABASE_URL: `mysql://caret@127.0.0.1:${await freePort()}/caret`,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    });
    client = new GatewayClient(await service.listening(), { authorization: `Bearer ${'x'.repeat(40)}` });
  });
  afterAll(async () => {
    client.close();
    await service.kill();
  });

  it.each(GENERATION)('rejects POST /v1/%s in its form, to be repeated', async (endpoint) => {
    const path = `/v1/${endpoint}`;
    expectError(await client.post(path, {}), path, {
      status: 503,
      anthropicStatus: 529,
      code: 'overloaded',
      anthropicType: 'overloaded_error',
      shouldRetry: 'true',
    });
  });

  it('rejects GET /v1/models as well', async () => {
    expect((await client.get('/v1/models')).body.error.code).toBe('overloaded');
  });
});
