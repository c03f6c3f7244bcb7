import { randomBytes } from 'node:crypto';
import { ServiceProcess } from '../../support/app/service-process';
import { ApiClient } from '../../support/clients/api-client';
import { createTestDatabase, type TestDatabase } from '../../support/database/database';
import { eventually } from '../../support/eventually';
import { type GatewayApp, startGateway } from '../../support/gateway/gateway-app';
import { GatewayClient } from '../../support/gateway/gateway-client';
import { HeldReply } from '../../support/gateway/gateway-replies';
import { readUsageRows } from '../../support/gateway/usage-rows';
import { type Generation, KINDS, requestOf, streamOf } from '../../support/gateway/vendor-responses';
import { createModel, createProvider } from '../../support/registry/factories';
import { ScriptedUpstream } from '../../support/upstreams/scripted-upstream';

/** The rest of a stream whose preamble and first content have been sent. */
function restOf(path: Generation): string {
  const { more, closing, terminal } = streamOf(path);
  return more + closing + terminal;
}

/** Waits until the server accepts no connection. */
async function untilClosed(url: string): Promise<void> {
  const isRefused = () =>
    fetch(new URL('/healthz', url), { headers: { Connection: 'close' } }).then(
      () => false,
      () => true,
    );
  await eventually('the listener is closed', isRefused);
}

describe('a shutdown during a call', () => {
  let app: GatewayApp;
  let database: TestDatabase;
  let upstream: ScriptedUpstream;
  let held: HeldReply;

  async function start(env: Record<string, string>): Promise<void> {
    held = new HeldReply();
    upstream = await ScriptedUpstream.start(held.reply);
    database = await createTestDatabase();
    app = await startGateway({ database, env });
  }
  afterEach(async () => {
    await upstream.stop();
    await database.drop();
  });

  /** Starts a stream that has content. */
  async function startStream(path: Generation) {
    const { selector } = await app.createTarget(`${upstream.url}/v1`, { kind: KINDS[path] });
    const stream = app.gateway.stream(`/v1/${path}`, requestOf(path, selector, { stream: true }));
    const { preamble, content } = streamOf(path);
    await held.write(preamble + content);
    await (await stream).untilText('first');
    return stream;
  }

  it.each<[Generation, RegExp]>([
    [
      'chat/completions',
      /data: \{"error":\{"message":"[^"]+","type":"api_error","code":"overloaded","param":null\}\}\n\n$/,
    ],
    ['responses', /event: response\.failed\ndata: \{.*"status":"failed".*\}\n\n$/],
    [
      'messages',
      /event: error\ndata: \{"type":"error","error":\{"type":"overloaded_error",.*"request_id":"[^"]+"\}\n\n$/,
    ],
  ])('ends a stream of %s with an error of its protocol when the drain is over', async (path, error) => {
    await start({ GATEWAY_DRAIN_SECONDS: '1' });
    const stream = await startStream(path);
    const closed = app.app.close();
    expect(await stream.finished()).toBe(true);
    expect(stream.text).toMatch(error);
    await held.untilClosed();
    await closed;
    const rows = await readUsageRows(database);
    expect(rows).toMatchObject([{ is_final: 1, error_code: 'overloaded' }]);
  });

  it('ends a call without content with a status that SDKs repeat', async () => {
    await start({ GATEWAY_DRAIN_SECONDS: '1' });
    const { selector } = await app.createTarget(`${upstream.url}/v1`);
    const call = app.gateway.post('/v1/chat/completions', requestOf('chat/completions', selector));
    await held.arrived();
    const closed = app.app.close();
    const { status, body, headers } = await call;
    expect([status, body.error.code, headers['x-should-retry']]).toEqual([503, 'overloaded', 'true']);
    await held.untilClosed();
    await closed;
  });

  it('lets the call go on until then, and rejects the next one of its connection', async () => {
    await start({});
    const { selector } = await app.createTarget(`${upstream.url}/v1`);
    const body = JSON.stringify(requestOf('chat/completions', selector, { stream: true }));
    const connection = await app.connect();
    const writeCall = () => {
      const length = String(Buffer.byteLength(body));
      connection.writeHead('POST /v1/chat/completions', {
        Authorization: `Bearer ${app.token}`,
        'Content-Length': length,
      });
      connection.write(body);
    };
    writeCall();
    const { preamble, content } = streamOf('chat/completions');
    await held.write(preamble + content);
    await eventually('content', () => connection.received.includes('first'));
    const closed = app.app.close();
    await untilClosed(app.url);
    writeCall();
    await held.end(restOf('chat/completions'));
    expect(await connection.responses(2)).toEqual([200, 503]);
    const [first = '', second = ''] = connection.received.split('HTTP/1.1 503');
    expect(first).toContain('data: [DONE]');
    expect(second).toMatch(/^connection: close\r$/im);
    expect(second).toContain('"code":"overloaded"');
    await connection.ended();
    await closed;
  });
});

describe('SIGTERM during a call', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  let upstream: ScriptedUpstream;
  let client: GatewayClient;

  afterEach(async () => {
    client.close();
    await service.kill();
    await upstream.stop();
    await database.drop();
  });

  it('is no longer ready, lets the stream finish, records it and exits with 0', async () => {
    const token = randomBytes(24).toString('hex');
    const held = new HeldReply();
    upstream = await ScriptedUpstream.start(held.reply);
    database = await createTestDatabase();
    service = await ServiceProcess.start({
      ...database.env,
      BOOTSTRAP_TOKEN: token,
      ENCRYPTION_KEYS: `first:${randomBytes(32).toString('base64')}`,
      EGRESS_MODE: 'local',
    });
    const url = await service.listening();
    const api = new ApiClient(url, token);
    client = new GatewayClient(url, { 'x-api-key': token });
    const fields = { provider: 'anthropic', base_url: `${upstream.url}/v1` };
    const { id, name } = await createProvider(api, fields);
    const { model } = await createModel(api, id);
    const body = requestOf('messages', `${name}^${model}`, { stream: true });
    const opened = client.stream('/v1/messages', body);
    const { preamble, content } = streamOf('messages');
    await held.write(preamble + content);
    const stream = await opened;
    service.signal('SIGTERM');
    await eventually('not ready', async () => (await api.get('/readyz')).status === 503);
    await untilClosed(url);
    await held.end(restOf('messages'));
    expect(await stream.finished()).toBe(true);
    expect(stream.text).toContain('event: message_stop');
    expect(await service.exited).toBe(0);
    const rows = await readUsageRows(database);
    expect(rows).toMatchObject([{ status: 'ok', input_tokens: 12, output_tokens: 3 }]);
  });
});
