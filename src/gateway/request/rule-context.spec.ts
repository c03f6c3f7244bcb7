import type { IncomingHttpHeaders } from 'node:http';
import { RuleEvaluator } from '../../routing/engine/rules/rule-evaluator';
import { valueAt } from '../../rules/context-value';
import type { RuleContext } from '../../rules/rule';
import { RequestBody } from '../body/request-body';
import { ENDPOINTS, type EndpointPath } from '../dialect/endpoint';
import { parseCallOptions } from './call-options';
import { readRequestedCall } from './requested-call';
import { createRuleContext, type RuleSource } from './rule-context';

/** A Sunday. */
const STARTED_AT = Date.UTC(2026, 10, 29, 23, 59);

function sourceOf(path: EndpointPath, fields: object, headers: IncomingHttpHeaders = {}): RuleSource {
  return {
    endpoint: ENDPOINTS.find((each) => each.path === path)!,
    headers,
    body: RequestBody.parse(Buffer.from(JSON.stringify({ model: 'm', ...fields }))),
    caller: { tokenId: 'id', tokenName: 'name', tags: { team: 'a' } },
    options: parseCallOptions(headers, true),
    startedAtMs: STARTED_AT,
  };
}

function contextOf(path: EndpointPath, fields: object, headers: IncomingHttpHeaders = {}): RuleContext {
  const source = sourceOf(path, fields, headers);
  const requested = readRequestedCall(source.endpoint, headers, source.body, parseCallOptions(headers, true));
  return createRuleContext(source, requested);
}

const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
const withContent = (...content: object[]) => ({ messages: [{ role: 'user', content }] });

describe('createRuleContext', () => {
  it('has the facts of the call, the token and the time', () => {
    const headers = { 'user-agent': 'agent/1', 'x-caret-session': 's' };
    expect({ ...contextOf('chat/completions', { stream: true, max_tokens: 5 }, headers) }).toEqual({
      request: {
        model: 'm',
        endpoint: 'chat/completions',
        protocol: 'chat_completions',
        stream: true,
        has_tools: false,
        has_images: false,
        has_documents: false,
        has_thinking: false,
        input_tokens: 12,
        max_tokens: 5,
        user_agent: 'agent/1',
        session: 's',
      },
      token: { id: 'id', name: 'name', tags: { team: 'a' } },
      time: { hour: 23, weekday: 0 },
    });
  });

  it.each<[EndpointPath, string, unknown]>([
    ['messages', 'protocol', 'messages'],
    ['responses', 'protocol', 'responses'],
    ['embeddings', 'protocol', null],
    ['messages/count_tokens', 'endpoint', 'messages/count_tokens'],
    ['messages', 'user_agent', null],
    ['messages', 'session', null],
    ['messages', 'max_tokens', null],
  ])('describes %s: %s is %j', (path, fact, expected) => {
    expect(valueAt(contextOf(path, {}), `request.${fact}`)).toBe(expected);
  });

  it.each<[string, EndpointPath, object, boolean]>([
    ['has_tools', 'responses', { tools: [{ type: 'web_search' }] }, true],
    ['has_tools', 'chat/completions', { functions: [{ name: 'f' }] }, true],
    ['has_tools', 'messages', { tools: [] }, false],
    ['has_tools', 'messages', { tools: null }, false],
    ['has_images', 'chat/completions', withContent(image), true],
    ['has_images', 'responses', { input: [{ content: [{ type: 'input_image', file_id: 'f' }] }] }, true],
    ['has_images', 'messages', withContent({ type: 'image', source: { type: 'file', file_id: 'f' } }), true],
    ['has_images', 'messages', withContent({ type: 'text', text: '"type":"image"' }), false],
    ['has_documents', 'chat/completions', withContent({ type: 'file', file: { file_id: 'f' } }), true],
    ['has_documents', 'responses', { input: [{ content: [{ type: 'input_file', file_id: 'f' }] }] }, true],
    ['has_documents', 'messages', withContent({ type: 'document', source: {} }), true],
    ['has_documents', 'messages', withContent({ type: 'image', source: { type: 'file' } }), false],
    ['has_thinking', 'messages', { thinking: { type: 'adaptive' } }, true],
    ['has_thinking', 'messages', { thinking: { type: 'disabled' } }, false],
    ['has_thinking', 'responses', { reasoning: { effort: 'low' } }, true],
    ['has_thinking', 'responses', { reasoning: { effort: 'none' } }, false],
    ['has_thinking', 'responses', { reasoning: null }, false],
    ['has_thinking', 'chat/completions', { reasoning_effort: 'high' }, true],
    ['has_thinking', 'chat/completions', { reasoning_effort: 'none' }, false],
  ])('finds %s of %s with %j: %s', (fact, path, fields, expected) => {
    expect(valueAt(contextOf(path, fields), `request.${fact}`)).toBe(expected);
  });

  it('has `metadata` at the root, and `x-caret-context` over it', () => {
    const fields = { metadata: { tier: 'free', region: 'eu', request: 'r', token: 't', time: 1 } };
    const context = contextOf('responses', fields, {
      'x-caret-context': '{"tier":"pro","deep":{"a":1},"request":{"model":"x"},"token":{"id":"x"}}',
    });
    expect(
      ['tier', 'region', 'deep.a', 'request.model', 'token.id', 'time.hour'].map((path) =>
        valueAt(context, path),
      ),
    ).toEqual(['pro', 'eu', 1, 'm', 'id', 23]);
  });

  it.each([null, 'text', [1], 7])('ignores the metadata %j', (metadata) => {
    expect(Object.keys(contextOf('responses', { metadata }))).toEqual(['request', 'token', 'time']);
  });

  it('has only its own properties', () => {
    const fields = JSON.parse('{"metadata":{"__proto__":{"tier":"pro"}}}');
    const context = contextOf('responses', fields);
    expect(
      ['tier', 'constructor', 'built', 'toString', 'root'].map((path) => valueAt(context, path)),
    ).toEqual(Array(5).fill(undefined));
    expect(valueAt(context, '__proto__.tier')).toBe('pro');
  });

  it('works in rules and their explanations', () => {
    const context = contextOf('messages', { metadata: { tier: 'pro' }, ...withContent({ type: 'image' }) });
    const check = (when: object) => new RuleEvaluator(context).check(when);
    expect(check({ tier: 'pro', 'request.has_images': true, 'token.tags.team': 'a' })).toBeNull();
    expect(check({ 'request.input_tokens': { $gt: 1600 }, 'time.weekday': { $in: [0, 6] } })).toBeNull();
    expect(check({ 'request.stream': true })).toContain('/request/stream');
    expect(check({ 'request.none': { $exists: true } })).not.toBeNull();
  });

  it('reads nothing before a rule does, and thinking only once', () => {
    const source = sourceOf('messages', { metadata: { a: 1 }, thinking: { type: 'adaptive' } });
    const requested = readRequestedCall(source.endpoint, {}, source.body, parseCallOptions({}, true));
    const json = jest.spyOn(source.body, 'json');
    const context = createRuleContext(source, requested);
    expect(json).not.toHaveBeenCalled();
    for (let turn = 0; turn < 3; turn++) expect(valueAt(context, 'request.has_thinking')).toBe(true);
    expect(json.mock.calls.filter(([key]) => key === 'thinking')).toHaveLength(1);
    expect(json.mock.calls.filter(([key]) => key === 'metadata')).toHaveLength(1);
  });
});
