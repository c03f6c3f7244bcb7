import { toShownUsage } from './token-usage';
import { normaliseUsage, usageProblems } from './usage-normaliser';

const openai = (usage: unknown) => toShownUsage(normaliseUsage(usage, { kind: 'openai' }).tokens);
const anthropic = (usage: unknown) => toShownUsage(normaliseUsage(usage, { kind: 'anthropic' }).tokens);

function faults(usage: unknown): string[] {
  return usageProblems(usage, '/usage').map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('normaliseUsage for Anthropic', () => {
  it('counts cached tokens separately from the input', () => {
    const usage = {
      input_tokens: 2048,
      cache_read_input_tokens: 1800,
      cache_creation_input_tokens: 248,
      output_tokens: 503,
      cache_creation: { ephemeral_5m_input_tokens: 148, ephemeral_1h_input_tokens: 100 },
      server_tool_use: { web_search_requests: 1 },
      service_tier: 'standard',
    };
    const expected = { input: 2048, output: 503, cache_write: 148, cache_read: 1800, cache_write_1h: 100 };
    expect(anthropic(usage)).toEqual(expected);
    expect(openai(usage)).toEqual(expected);
    expect(anthropic({ ...usage, cache_creation_input_tokens: null })).toEqual(expected);
    expect(anthropic({ ...usage, cache_creation: null })).toEqual({
      input: 2048,
      output: 503,
      cache_write: 248,
      cache_read: 1800,
    });
  });

  it('accepts more cache reads than input', () => {
    const usage = { input_tokens: 21, cache_read_input_tokens: 188086, output_tokens: 393 };
    expect(anthropic(usage)).toEqual({ input: 21, output: 393, cache_write: 0, cache_read: 188086 });
  });

  it('includes the iterations of compaction, but not of an adviser', () => {
    const usage = {
      input_tokens: 23000,
      output_tokens: 1000,
      iterations: [
        { type: 'compaction', input_tokens: 180000, output_tokens: 3500, cache_read_input_tokens: 7 },
        { type: 'message', input_tokens: 23000, output_tokens: 1000 },
        { type: 'advisor_message', input_tokens: 823, output_tokens: 1612 },
      ],
    };
    expect(anthropic(usage)).toEqual({ input: 203000, output: 4500, cache_write: 0, cache_read: 7 });
    expect(faults({ input_tokens: 1, iterations: [{ type: 'compaction', input_tokens: -1 }] })).toEqual([
      '/usage/iterations/0/input_tokens range',
    ]);
  });

  it('uses the provider kind if a gateway sends the fields of both vendors', () => {
    const both = {
      input_tokens: 100,
      output_tokens: 5,
      input_tokens_details: { cached_tokens: 60 },
      cache_read_input_tokens: 60,
    };
    expect(openai(both)).toEqual({ input: 40, output: 5, cache_write: 0, cache_read: 60 });
    expect(anthropic(both)).toEqual({ input: 100, output: 5, cache_write: 0, cache_read: 60 });
    // The total proves that the input excludes the cache.
    expect(openai({ ...both, total_tokens: 165 })).toEqual(anthropic(both));
  });
});
