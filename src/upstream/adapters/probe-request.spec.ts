import type { JsonResponse } from '../client/call-json';
import { parseProbeResponse } from './probe-request';

describe('parseProbeResponse', () => {
  const parse = (listKey: string, json: unknown) =>
    parseProbeResponse({ json, status: 200, latencyMs: 5 } as JsonResponse, listKey);

  it.each([
    ['choices', { choices: [{ message: { content: '' }, finish_reason: 'length' }] }],
    ['choices', { choices: [{ text: '' }] }],
    ['output', { output: [{ type: 'message' }] }],
    ['output', { object: 'response', output: [] }],
    ['output', { status: 'incomplete', output: [] }],
    ['content', { content: [{ type: 'text', text: '' }] }],
    ['content', { type: 'message', content: [] }],
    ['content', { content: [], stop_reason: 'max_tokens' }],
  ])('accepts %s of %j', (listKey, json) => {
    expect(parse(listKey, json)).toEqual({ latencyMs: 5 });
  });

  it.each([
    ['choices', { choices: [] }],
    ['choices', { object: 'chat.completion', choices: [], usage: { total_tokens: 0 } }],
    ['choices', { choices: [{}] }],
    ['choices', { choices: [null] }],
    ['choices', { choices: ['x'] }],
    ['choices', { choices: null }],
    ['output', { output: [] }],
    ['output', { object: 'response', output: ['x'] }],
    ['content', { content: [] }],
    ['content', { type: 'message', content: [{}] }],
    ['content', []],
  ])('rejects %s of %j', (listKey, json) => {
    expect(() => parse(listKey, json)).toThrow(
      expect.objectContaining({ code: 'llm_providers.upstream_invalid_response', upstreamStatus: 200 }),
    );
  });
});
