import { bodyOf, replyStream } from '../../support/gateway/gateway-replies';
import { useGateway, useUpstreamPair } from '../../support/gateway/use-gateway';
import {
  anthropicError,
  joinStream,
  requestOf,
  responseOf,
  streamOf,
} from '../../support/gateway/vendor-responses';
import { replyJson } from '../../support/upstreams/scripted-replies';
import type { Reply } from '../../support/upstreams/scripted-upstream';

const rejected = (message: string): Reply => replyJson(anthropicError('invalid_request_error', message), 400);

describe('a request that an upstream rejects for what it need not have', () => {
  const app = useGateway();
  const upstreams = useUpstreamPair();

  it('is repeated without stream_options, and later calls leave them out', async () => {
    const { model, first } = await upstreams.createTargets(app);
    const stream = replyStream([joinStream(streamOf('chat/completions'))]);
    upstreams.first.script(rejected('Unknown parameter: stream_options'), stream);
    const request = requestOf('chat/completions', first.selector, { stream: true });
    const opened = await app.gateway.stream('/v1/chat/completions', request);
    expect(await opened.finished()).toBe(true);
    expect(opened.headers['x-caret-attempts']).toBe('2');
    const [, repeated] = upstreams.first.requests;
    expect(bodyOf(repeated!)).toEqual({ ...request, model });
    const rows = await app.usageRowsOf(String(opened.headers['x-request-id']), 2);
    expect(rows.map(({ status, is_final }) => [status, is_final])).toEqual([
      ['error', 0],
      ['ok', 1],
    ]);

    const later = await app.gateway.stream('/v1/chat/completions', request);
    expect(await later.finished()).toBe(true);
    expect(later.headers['x-caret-attempts']).toBe('1');
    expect(bodyOf(upstreams.first.requests[2]!)).toEqual({ ...request, model });
  });

  it('is repeated without the beta flags that the error names', async () => {
    const { first } = await upstreams.createTargets(app, 'anthropic');
    const ok = replyJson(responseOf('messages'));
    upstreams.first.script(rejected('Unexpected value(s) `b-2026` for the `anthropic-beta` header'), ok);
    const headers = { 'anthropic-beta': 'a-2026,b-2026, c-2026' };
    for (const attempts of ['2', '1']) {
      const response = await app.gateway.post('/v1/messages', requestOf('messages', first.selector), headers);
      expect(response.headers['x-caret-attempts']).toBe(attempts);
    }
    expect(upstreams.first.requests.map(({ headers: sent }) => sent['anthropic-beta'])).toEqual([
      'a-2026,b-2026,c-2026',
      'a-2026,c-2026',
      'a-2026,c-2026',
    ]);
  });

  it('is repeated without cache marks', async () => {
    const { first, model } = await upstreams.createTargets(app, 'anthropic');
    upstreams.first.script(
      rejected('messages.0: cache_control is not supported'),
      replyJson(responseOf('messages')),
    );
    const mark = { cache_control: { type: 'ephemeral' } };
    const request = requestOf('messages', first.selector, {
      system: [{ type: 'text', text: 'x', ...mark }],
      tools: [{ name: 'f', input_schema: {}, ...mark }],
    });
    expect((await app.gateway.post('/v1/messages', request)).status).toBe(200);
    expect(bodyOf(upstreams.first.requests[1]!)).toEqual({
      ...request,
      model,
      system: [{ type: 'text', text: 'x' }],
      tools: [{ name: 'f', input_schema: {} }],
    });
  });

  it('is repeated without earlier reasoning, once and for this call only', async () => {
    const { first, model } = await upstreams.createTargets(app, 'anthropic');
    const ok = replyJson(responseOf('messages'));
    upstreams.first.script(rejected('Invalid `signature` in `thinking` block'), ok);
    const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' };
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: [thinking, { type: 'text', text: 'b' }] },
      { role: 'user', content: 'c' },
    ];
    const request = requestOf('messages', first.selector, { messages });
    const response = await app.gateway.post('/v1/messages', request);
    expect(response.status).toBe(200);
    expect(response.headers['x-caret-warnings']).toBe('"dropped=reasoning_history"');
    expect(bodyOf(upstreams.first.requests[1]!)).toEqual({
      ...request,
      model,
      messages: [messages[0], { role: 'assistant', content: [{ type: 'text', text: 'b' }] }, messages[2]],
    });
    await app.gateway.post('/v1/messages', request);
    expect(bodyOf(upstreams.first.requests[2]!)).toEqual({ ...request, model });
  });

  it('does not count as an attempt, and is repeated twice at most', async () => {
    const { first } = await upstreams.createTargets(app, 'anthropic');
    upstreams.first.script(
      rejected('anthropic-beta: unknown flag x-1'),
      rejected('anthropic-beta: unknown flag x-2'),
      rejected('anthropic-beta: unknown flag x-3'),
    );
    const headers = { 'anthropic-beta': 'x-1,x-2,x-3,x-4', 'x-caret-max-attempts': '1' };
    const response = await app.gateway.post('/v1/messages', requestOf('messages', first.selector), headers);
    expect(response.status).toBe(400);
    expect(response.body.error.message).toContain('x-3');
    expect(upstreams.first.requests.map(({ headers: sent }) => sent['anthropic-beta'])).toEqual([
      'x-1,x-2,x-3,x-4',
      'x-2,x-3,x-4',
      'x-3,x-4',
    ]);
    const rows = await app.usageRowsOf(String(response.headers['x-request-id']), 3);
    expect(rows.map(({ attempt, is_final }) => [attempt, is_final])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
  });
});
