import { setTimeout as sleep } from 'node:timers/promises';
import { InFlightBytes } from '../../../src/gateway/call/in-flight-bytes';
import { issueToken } from '../../support/clients/accounts';
import { eventually } from '../../support/eventually';
import type { Target } from '../../support/gateway/gateway-app';
import { HeldReply } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import { requestOf, responseOf, streamOf } from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';

const PATH = '/v1/chat/completions';

/** The part of one token is 1 MiB, which two such bodies exceed. */
const LARGE = 700_000;

describe('a body in flight takes memory of its token', () => {
  const app = useGateway({ env: { GATEWAY_MAX_BODY_MB: '1', GATEWAY_MAX_INFLIGHT_MB: '4' } });
  const upstream = useUpstream();
  let target: Target;

  beforeAll(async () => {
    target = await app.createTarget(`${upstream.url}/v1`);
  });
  beforeEach(async () => {
    await untilFree();
    upstream.script(replyJson(responseOf('chat/completions')));
  });

  /** A body of so many bytes. */
  function bodyOf(bytes: number): Buffer {
    const request = { ...requestOf('chat/completions', target.selector), user: '' };
    const { length } = JSON.stringify(request);
    return Buffer.from(JSON.stringify({ ...request, user: 'x'.repeat(bytes - length) }));
  }

  const inFlightBytes = () => app.app.get(InFlightBytes).bytes;
  const untilFree = () => eventually('no body is in flight', () => inFlightBytes() === 0);

  async function otherClient() {
    const { token } = await issueToken(app, ['gateway:use']);
    return app.clientWith({ authorization: `Bearer ${token}` });
  }

  it('until its call ends, so that the token gets 503 meanwhile and others are served', async () => {
    const held = new HeldReply();
    upstream.script(held.reply, replyJson(responseOf('chat/completions')));
    const first = app.gateway.post(PATH, bodyOf(LARGE));
    await held.arrived();
    expect(inFlightBytes()).toBe(LARGE);
    const second = await app.gateway.post(PATH, bodyOf(LARGE));
    expect([second.status, second.body.error.code]).toEqual([503, 'overloaded']);
    expect(second.headers).toMatchObject({
      'retry-after': '1',
      'retry-after-ms': '1000',
      'x-should-retry': 'true',
    });
    const anthropic = await app.gateway.post('/v1/messages', bodyOf(LARGE));
    expect([anthropic.status, anthropic.body.error.type]).toEqual([529, 'overloaded_error']);
    expect((await (await otherClient()).post(PATH, bodyOf(LARGE))).status).toBe(200);
    (await held.arrived()).writeHead(200, { 'content-type': 'application/json' });
    await held.end(JSON.stringify(responseOf('chat/completions')));
    expect((await first).status).toBe(200);
    expect((await app.gateway.post(PATH, bodyOf(LARGE))).status).toBe(200);
  });

  it('until the first content of a stream', async () => {
    const held = new HeldReply();
    upstream.script(held.reply, replyJson(responseOf('chat/completions')));
    const body = Buffer.from(bodyOf(LARGE).toString().replace('{', '{"stream":true,'));
    const stream = app.gateway.stream(PATH, body);
    const { preamble, content, more, closing, terminal } = streamOf('chat/completions');
    await held.write(preamble);
    expect((await app.gateway.post(PATH, bodyOf(LARGE))).status).toBe(503);
    await held.write(content);
    await (await stream).untilText('first');
    expect((await app.gateway.post(PATH, bodyOf(LARGE))).status).toBe(200);
    await held.end(more + closing + terminal);
    expect(await (await stream).finished()).toBe(true);
  });

  it('until the caller leaves', async () => {
    const held = new HeldReply();
    upstream.script(held.reply);
    const connection = await app.startCall(PATH, bodyOf(LARGE));
    await held.arrived();
    connection.close();
    await held.untilClosed();
    await untilFree();
  });

  it('from its announcement on, until its connection ends', async () => {
    const connections = await Promise.all([app.connect(), app.connect()]);
    for (const connection of connections) {
      connection.writeHead(`POST ${PATH}`, {
        Authorization: `Bearer ${app.token}`,
        'Content-Length': String(LARGE),
      });
      await sleep(50);
    }
    const [first, second] = connections;
    expect(await second.responses()).toEqual([503]);
    first.write(' '.repeat(LARGE - 1));
    first.close();
    await untilFree();
    expect((await app.gateway.post(PATH, bodyOf(LARGE))).status).toBe(200);
  });

  it.each([
    ['a stream whose event does not end', true, 'text/event-stream', 'event: message_start\ndata: {"x":"'],
    ['a response', false, 'application/json', '{"content":[],"x":"'],
  ])('together with what is held of %s', async (_what, stream, type, start) => {
    const anthropic = await app.createTarget(`${upstream.url}/v1`, { kind: 'anthropic' });
    const held = new HeldReply();
    upstream.script(held.reply);
    const call = app.gateway.post('/v1/messages', {
      ...requestOf('messages', anthropic.selector),
      stream,
    });
    const response = await held.arrived();
    response.writeHead(200, { 'content-type': type }).write(start + 'x'.repeat(900_000));
    await eventually('the response is counted', () => inFlightBytes() > 900_000);
    expect((await app.gateway.post(PATH, bodyOf(LARGE))).status).toBe(503);
    response.write('x'.repeat(200_000));
    expect((await call).status).toBe(529);
    await held.untilClosed();
    await untilFree();
  });

  it.each([
    ['is rejected', () => app.gateway.post(PATH, '{"model":1}')],
    ['is too large', () => app.gateway.post(PATH, bodyOf(2 ** 20 + 1))],
    ['cannot be decoded', () => app.gateway.post(PATH, 'x', { 'content-encoding': 'gzip' })],
  ])('and none after it %s', async (_what, send) => {
    expect((await send()).status).toBeGreaterThanOrEqual(400);
    await untilFree();
  });
});
