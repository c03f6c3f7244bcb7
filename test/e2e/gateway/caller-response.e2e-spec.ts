import { RoutingTableStore } from '../../../src/routing/routing-table-store';
import { eventually } from '../../support/eventually';
import { replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import {
  GENERATION,
  joinStream,
  KINDS,
  requestOf,
  responseOf,
  streamOf,
} from '../../support/gateway/vendor-responses';
import { createGate } from '../../support/upstreams/discovery-factories';
import { replyJson } from '../../support/upstreams/scripted-replies';

/** What upstreams send and callers must not get. */
const UPSTREAM_HEADERS = {
  'set-cookie': 'a=b',
  server: 'cloudflare',
  'cf-ray': '1',
  'openai-organization': 'org-1',
  'access-control-allow-origin': '*',
  'x-ratelimit-remaining-requests': '1',
};

describe('the response to a caller', () => {
  const app = useGateway();
  const upstream = useUpstream();
  const selectors = new Map<string, string>();

  beforeAll(async () => {
    for (const kind of ['openai', 'anthropic'] as const)
      selectors.set(kind, (await app.createTarget(`${upstream.url}/v1`, { kind })).selector);
  });

  describe.each(GENERATION)('of %s', (path) => {
    const request = (more = {}) => requestOf(path, selectors.get(KINDS[path])!, more);

    it('has JSON headers, and none of the upstream but those of the vendor on the list', async () => {
      const more = { ...UPSTREAM_HEADERS, 'openai-processing-ms': '7', 'openai-version': '2020-10-01' };
      upstream.script(replyJson(responseOf(path), 200, more));
      const { status, headers, bytes } = await app.gateway.post(`/v1/${path}`, request(), {
        origin: 'https://page.example.com',
        'accept-encoding': 'gzip, br',
      });
      expect(status).toBe(200);
      expect(headers['content-length']).toBe(String(bytes.length));
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers).not.toHaveProperty(['content-encoding']);
      for (const name of Object.keys(UPSTREAM_HEADERS)) expect(headers).not.toHaveProperty([name]);
    });

    it('keeps proxies from buffering and compressing a stream', async () => {
      upstream.script(replyStream([joinStream(streamOf(path))], UPSTREAM_HEADERS));
      const stream = await app.gateway.stream(`/v1/${path}`, request({ stream: true }), {
        'accept-encoding': 'gzip, br',
      });
      expect(await stream.finished()).toBe(true);
      expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
      expect(stream.headers).toMatchObject({
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'x-content-type-options': 'nosniff',
        'transfer-encoding': 'chunked',
      });
      expect(stream.headers).not.toHaveProperty(['content-encoding']);
      for (const name of Object.keys(UPSTREAM_HEADERS)) expect(stream.headers).not.toHaveProperty([name]);
    });
  });

  it('ends with the connection for HTTP/1.0', async () => {
    upstream.script(replyStream([joinStream(streamOf('messages'))]));
    const connection = await app.connect();
    const body = JSON.stringify(requestOf('messages', selectors.get('anthropic')!, { stream: true }));
    connection.write(
      `POST /v1/messages HTTP/1.0\r\nx-api-key: ${app.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await connection.ended();
    expect(connection.statuses).toEqual([200]);
    expect(connection.received).not.toMatch(/^transfer-encoding/im);
    expect(connection.received).toMatch(/event: message_stop\ndata: .*\n\n$/);
  });

  it('is not sent, but recorded, if the caller leaves while the routing table is loaded', async () => {
    const store = app.app.get(RoutingTableStore);
    const { opened, open } = createGate();
    const load = store.current.bind(store);
    const current = jest.spyOn(store, 'current').mockImplementation(async (...parameters) => {
      await opened;
      return load(...parameters);
    });
    const inMemory = jest.spyOn(store, 'currentInMemory').mockReturnValue(null);
    upstream.script();
    const request = requestOf('messages', selectors.get('anthropic')!);
    const connection = await app.startCall('/v1/messages', request);
    await eventually('the table is requested', () => current.mock.calls.length > 0);
    connection.close();
    const line = await eventually('the caller has left', () =>
      /^.*"left":"client_closed".*$/m.exec(app.logs()),
    );
    open();
    const rows = await app.usageRowsOf((JSON.parse(line[0]) as { trace_id: string }).trace_id);
    expect(rows).toMatchObject([{ status: 'client_closed', attempt: 0 }]);
    expect(upstream.requests).toHaveLength(0);
    current.mockRestore();
    inMemory.mockRestore();
  });

  it('follows the responses to earlier requests of its connection', async () => {
    upstream.script(replyJson(responseOf('embeddings')));
    const connection = await app.connect();
    const body = JSON.stringify(requestOf('embeddings', selectors.get('openai')!));
    const call = `POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nx-api-key: ${app.token}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    connection.write(call.repeat(3) + 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await connection.ended();
    expect(connection.statuses).toEqual([200, 200, 200, 200]);
    expect(connection.received).toMatch(/\{"status":"ok"[^]*\}$/);
    expect(upstream.requests).toHaveLength(3);
  });

  it('is read no faster from the upstream than the caller reads it', async () => {
    const { preamble, content, more, closing, terminal } = streamOf('chat/completions');
    const large = more.repeat(2000);
    let isBlocked = false;
    let sentBytes = 0;
    upstream.script(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(preamble + content);
      // Far more than all buffers between the upstream and the caller.
      for (let count = 0; count < 200 && !response.destroyed; count++) {
        sentBytes += large.length;
        if (response.write(large)) continue;
        isBlocked = true;
        await new Promise((resolve) => response.once('drain', resolve).once('close', resolve));
        isBlocked = false;
      }
      response.end(closing + terminal);
    });
    const body = requestOf('chat/completions', selectors.get('openai')!, { stream: true });
    const stream = await app.gateway.stream('/v1/chat/completions', body);
    await stream.untilText('first');
    stream.pause();
    let before = -1;
    await eventually('the upstream waits', async () => {
      const isSame = isBlocked && before === sentBytes;
      before = sentBytes;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return isSame && before === sentBytes;
    });
    expect(sentBytes).toBeLessThan(200 * large.length);
    stream.resume();
    expect(await stream.finished()).toBe(true);
    expect(stream.bytes.length).toBeGreaterThan(200 * large.length);
    expect(stream.text.endsWith('data: [DONE]\n\n')).toBe(true);
  });
});
