import type { Target } from '../../support/gateway/gateway-app';
import { replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstream } from '../../support/gateway/use-gateway';
import { GENERATION, KINDS, requestOf, responseOf, streamOf } from '../../support/gateway/vendor-responses';
import { replyText } from '../../support/upstreams/scripted-replies';

/** Spellings that parsing and serialising would change. */
const ODD =
  '{"n1":1.0,"n2":1e3,"n3":-0,"big":12345678901234567890,"t":"\\u00e9\\/","nested":[ {"b":1 ,"a":2}]}';

describe('a call in the protocol of its provider', () => {
  const app = useGateway();
  const upstream = useUpstream();
  const targets = new Map<string, Target>();

  beforeAll(async () => {
    for (const kind of ['openai', 'anthropic'] as const)
      targets.set(kind, await app.createTarget(`${upstream.url}/v1`, { kind }));
  });

  const PATHS = [...GENERATION, 'responses/compact', 'messages/count_tokens', 'embeddings'] as const;

  it.each(PATHS)('sends the bytes of %s unchanged but for the model, both ways', async (path) => {
    const target = targets.get(KINDS[path])!;
    const members = JSON.stringify(requestOf(path, ''));
    const rest = members.slice('{"model":"",'.length, -1);
    const before = ` {"zz_unknown" : ${ODD},\n "model": `;
    const after = ` , ${rest},"aa":null}\n`;
    const body = `{"id":"x","vendor_field":${ODD},${JSON.stringify(responseOf(path)).slice(1)}`;
    upstream.script(replyText(body, 'application/json'));

    const response = await app.gateway.post(`/v1/${path}`, before + JSON.stringify(target.selector) + after);

    expect(upstream.requests[0]!.url).toBe(`/v1/${path}`);
    expect(upstream.requests[0]!.body).toBe(before + JSON.stringify(target.model) + after);
    expect(response.status).toBe(200);
    const shown =
      path === 'messages' ? body.replace('"upstream-model"', JSON.stringify(target.selector)) : body;
    expect(response.text).toBe(shown);
    expect(response.headers['content-length']).toBe(String(Buffer.byteLength(shown)));
  });

  it.each(GENERATION)('passes the bytes of a stream of %s on', async (path) => {
    const target = targets.get(KINDS[path])!;
    const parts = streamOf(path);
    const odd = `: a comment\n\nevent: vendor.event\r\ndata: {"type":"vendor.event","x":${ODD}}\r\n\r\n`;
    const sent = [parts.preamble, parts.content, odd, parts.more, parts.closing, parts.terminal];
    upstream.script(replyStream(sent));

    const more = {
      stream: true,
      ...(path === 'chat/completions' && { stream_options: { include_usage: true } }),
    };
    const stream = await app.gateway.stream(`/v1/${path}`, requestOf(path, target.selector, more));

    expect(await stream.finished()).toBe(true);
    expect(stream.status).toBe(200);
    const shown = sent.join('');
    expect(stream.text).toBe(
      path === 'messages' ? shown.replace('"upstream-model"', JSON.stringify(target.selector)) : shown,
    );
    expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(stream.headers['cache-control']).toBe('no-cache, no-transform');
  });

  it('keeps an escaped name of the model out of the body', async () => {
    const target = targets.get('openai')!;
    upstream.script(replyText(JSON.stringify(responseOf('chat/completions')), 'application/json'));
    const body = `{"mod\\u0065l":${JSON.stringify(target.selector)},"messages":[]}`;
    expect((await app.gateway.post('/v1/chat/completions', body)).status).toBe(200);
    expect(JSON.parse(upstream.requests[0]!.body)).toEqual({ model: target.model, messages: [] });
  });

  it('adds default parameters that the protocol knows and the caller left out', async () => {
    const settings = { temperature: 0.5, max_tokens: 7, top_k: 3, vendor_setting: { a: 1 } };
    const target = await app.createTarget(`${upstream.url}/v1`, { provider: { advanced_json: settings } });
    upstream.script(replyText(JSON.stringify(responseOf('responses')), 'application/json'));
    await app.gateway.post('/v1/responses', `{"model":"${target.selector}","temperature":null,"input":"x"}`);
    const sent = JSON.parse(upstream.requests[0]!.body);
    expect(sent).toEqual({ model: target.model, temperature: null, input: 'x', vendor_setting: { a: 1 } });

    upstream.script(replyText(JSON.stringify(responseOf('embeddings')), 'application/json'));
    await app.gateway.post('/v1/embeddings', requestOf('embeddings', target.selector));
    expect(JSON.parse(upstream.requests[0]!.body)).toEqual(requestOf('embeddings', target.model));
  });

  it('does not send sampling parameters that the version of the API rejects', async () => {
    const target = await app.createTarget(`${upstream.url}/v1`, {
      kind: 'anthropic',
      provider: { advanced_json: { temperature: 0.5, max_tokens: 99 } },
    });
    const reply = replyText(JSON.stringify(responseOf('messages')), 'application/json');
    upstream.script(reply);
    const request = { model: target.selector, messages: [{ role: 'user', content: 'hi' }] };
    const version = { 'anthropic-version': '2026-10-21' };
    const response = await app.gateway.post('/v1/messages', request, version);
    expect(JSON.parse(upstream.requests[0]!.body)).toEqual({
      ...request,
      model: target.model,
      max_tokens: 99,
    });
    expect(response.headers['x-caret-warnings']).toBe('"dropped=temperature;anthropic_version"');

    upstream.script(reply);
    await app.gateway.post('/v1/messages', request);
    expect(JSON.parse(upstream.requests[0]!.body)).toMatchObject({ temperature: 0.5 });
  });

  it('lets a long JSON body flow, with its length and its usage', async () => {
    const target = targets.get('openai')!;
    const whole = responseOf('chat/completions', 'x'.repeat(3 * 1024 * 1024));
    const text = JSON.stringify(whole);
    upstream.script((response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    });
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', target.selector),
    );
    expect(response.text).toBe(text);
    expect(response.headers['content-length']).toBe(String(text.length));
    const [row] = await app.usageRowsOf(String(response.headers['x-request-id']));
    expect(row).toMatchObject({ status: 'ok', input_tokens: 12, output_tokens: 3, bytes_out: text.length });
  });

  it('decodes a compressed response and removes both of its headers', async () => {
    const { gzipSync } = await import('node:zlib');
    const target = targets.get('openai')!;
    const text = JSON.stringify(responseOf('chat/completions'));
    upstream.script((response) => {
      const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
      response.writeHead(200, headers).end(gzipSync(text));
    });
    const response = await app.gateway.post(
      '/v1/chat/completions',
      requestOf('chat/completions', target.selector),
    );
    expect(response.text).toBe(text);
    expect(response.headers['content-encoding']).toBeUndefined();
    expect(response.headers['content-length']).toBe(String(text.length));
  });

  it('takes every spelling of a base URL', async () => {
    const target = targets.get('openai')!;
    for (const prefix of ['/v1/v1', '']) {
      upstream.script(replyText(JSON.stringify(responseOf('chat/completions')), 'application/json'));
      const path = `${prefix}/chat/completions?beta=true&x=y`;
      const response = await app.gateway.post(path, requestOf('chat/completions', target.selector));
      expect(response.status).toBe(200);
      expect(upstream.requests[0]!.url).toBe('/v1/chat/completions?beta=true');
    }
  });
});
