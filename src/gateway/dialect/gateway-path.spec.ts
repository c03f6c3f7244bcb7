import { findDialect, spellingsOf } from './gateway-path';

const ANTHROPIC = { 'anthropic-version': '2023-06-01' };

describe('spellingsOf', () => {
  it('adds the spellings of wrong base URLs to a tolerant path', () => {
    expect(spellingsOf('messages', true)).toEqual(['/v1/messages', '/v1/v1/messages', '/messages']);
    expect(spellingsOf('responses/compact', false)).toEqual(['/v1/responses/compact']);
  });
});

describe('findDialect', () => {
  it.each([
    ['/v1/messages', {}, 'anthropic'],
    ['/v1/messages?beta=true', {}, 'anthropic'],
    ['/v1/messages/batches', {}, 'anthropic'],
    ['/messages', {}, 'anthropic'],
    ['/v1/v1/messages/count_tokens', {}, 'anthropic'],
    ['/v1/chat/completions', ANTHROPIC, 'openai'],
    ['/responses', ANTHROPIC, 'openai'],
    ['/v1/responses/resp_1/cancel', {}, 'openai'],
    ['/v1/embeddings', ANTHROPIC, 'openai'],
    ['/v1/models', {}, 'openai'],
    ['/v1/models/a%2Fb', ANTHROPIC, 'anthropic'],
    ['/v1/files', {}, 'openai'],
    ['/v1/files', ANTHROPIC, 'anthropic'],
    ['/v1/audio/speech', {}, 'openai'],
    ['/v1/realtime?model=x', {}, 'openai'],
  ] as const)('gives %s with the headers %j the form of %3$s', (url, headers, dialect) => {
    expect(findDialect(url, headers, true)).toBe(dialect);
  });

  it.each(['/v1/llm-providers', '/v1/nothing', '/v1', '/', '/files', '/responses/x', '/healthz', '*'])(
    'gives %s no form of its own',
    (url) => expect(findDialect(url, {}, false)).toBeNull(),
  );

  it.each([
    [{ 'x-stainless-lang': 'js' }, 'openai'],
    [{ 'x-api-key': 'x' }, 'openai'],
    [ANTHROPIC, 'anthropic'],
  ])('recognises an SDK on an unknown path by %j', (headers, dialect) => {
    expect(findDialect('/v1/nothing', headers, false)).toBe(dialect);
    expect(findDialect('/audio/speech', headers, false)).toBe(dialect);
    expect(findDialect('/v1/llm-providers', headers, true)).toBeNull();
  });
});
