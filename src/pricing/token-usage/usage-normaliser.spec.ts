import fc from 'fast-check';
import { TOKEN_KINDS } from '../price-kinds';
import { toShownUsage } from './token-usage';
import { normaliseUsage, usageProblems } from './usage-normaliser';

const openai = (usage: unknown) => toShownUsage(normaliseUsage(usage, { kind: 'openai' }).tokens);
const anthropic = (usage: unknown) => toShownUsage(normaliseUsage(usage, { kind: 'anthropic' }).tokens);

function faults(usage: unknown): string[] {
  return usageProblems(usage, '/usage').map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('normaliseUsage', () => {
  it('reads tokens by kind, some of them absent', () => {
    expect(openai({ input: 1, output: 2, cache_write: 3, cache_read: 4 })).toEqual({
      input: 1,
      output: 2,
      cache_write: 3,
      cache_read: 4,
    });
    expect(anthropic({ output: 2 })).toEqual({ input: 0, output: 2, cache_write: 0, cache_read: 0 });
  });

  it('treats null as an absent count', () => {
    const usage = { prompt_tokens: 5, completion_tokens: null, prompt_tokens_details: null, input: null };
    expect(openai(usage)).toEqual({ input: 5, output: 0, cache_write: 0, cache_read: 0 });
    expect(openai({ prompt_tokens: 5, prompt_tokens_details: { cached_tokens: null } }).input).toBe(5);
  });

  it('lists the accepted forms for an unknown form', () => {
    for (const usage of [null, 'usage', 7, [], {}, { prompt_tokens: null }, { toString: 1 }]) {
      const isObject = typeof usage === 'object' && usage !== null && !Array.isArray(usage);
      expect(faults(usage)).toEqual([isObject ? '/usage format' : '/usage type']);
      expect(usageProblems(usage, '/usage')[0]?.detail).toMatch(
        /prompt_tokens.*input_tokens_details.*cache_read_input_tokens/s,
      );
    }
    expect(faults({ input: 5, output_tokens: 3 })).toEqual(['/usage format']);
  });

  it('rejects an object that has the usage inside', () => {
    for (const response of [
      { id: 'x', usage: { input_tokens: 5, output_tokens: 3 } },
      { x_groq: { usage: { prompt_tokens: 5, completion_tokens: 1 } } },
      { type: 'message_start', message: { usage: { input_tokens: 5, output_tokens: 1 } } },
      { usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3 } },
    ]) {
      expect(faults(response)).toEqual(['/usage format']);
    }
  });

  it('rejects unknown fields beside counts by kind', () => {
    for (const unknown of [
      { reasoning: 100 },
      { cache: { read: 1000, write: 0 } },
      { cache_reads: 100 },
      { outputs: 5 },
      { cacheReads: 0 },
      { hologram: 7 },
      { latency: 3 },
      { 'cache/read': 3 },
      { details: [{ cached: 3 }] },
    ]) {
      expect(faults({ input: 10, ...unknown })).toEqual(['/usage unknown_field']);
      expect(faults({ web_search: 1, ...unknown })).toEqual(['/usage unknown_field']);
    }
    const known = { cacheRead: 4, service_tier: 'batch', cost: 0.1, web_search: 2, unknown: null };
    expect(openai({ input: 10, ...known })).toEqual({ input: 10, output: 0, cache_write: 0, cache_read: 4 });
  });

  it('points to every invalid count', () => {
    for (const wrong of [-1, 1.5, '5', true, 2 ** 53, {}]) {
      const code = typeof wrong === 'number' ? 'range' : 'type';
      expect(faults({ prompt_tokens: wrong, completion_tokens: wrong })).toEqual([
        `/usage/prompt_tokens ${code}`,
        `/usage/completion_tokens ${code}`,
      ]);
    }
    expect(faults({ input: 1, cache_read: -1 })).toEqual(['/usage/cache_read range']);
    expect(faults({ input_tokens: 1, cache_creation: { ephemeral_1h_input_tokens: 0.5 } })).toEqual([
      '/usage/cache_creation/ephemeral_1h_input_tokens range',
    ]);
    expect(faults({ prompt_tokens: 9, prompt_tokens_details: 3 })).toEqual([
      '/usage/prompt_tokens_details type',
    ]);
    const most = Number.MAX_SAFE_INTEGER;
    const creation = { ephemeral_5m_input_tokens: most, ephemeral_1h_input_tokens: 1 };
    expect(faults({ input_tokens: 1, cache_creation: creation })).toEqual([
      '/usage/cache_creation/ephemeral_5m_input_tokens range',
    ]);
  });

  it('rejects a usage with pointers below the given one', () => {
    const read = () => openai({ prompt_tokens: -1 });
    expect(read).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'validation.failed',
        errors: [expect.objectContaining({ pointer: '/usage/prompt_tokens', code: 'range' })],
      }),
    );
  });
});

describe('normaliseUsage for any input', () => {
  const tokens = fc.nat(2 ** 40);
  const byKind = fc.record({ input: tokens, output: tokens, cache_write: tokens, cache_read: tokens });
  const unknownFields = fc.dictionary(fc.constantFrom('cost', 'latency', 'queue_time', 'x'), fc.jsonValue());

  it('counts each token once in every form', () => {
    fc.assert(
      fc.property(byKind, unknownFields, (usage, unknown) => {
        const whole = usage.input + usage.cache_write + usage.cache_read;
        const details = { cached_tokens: usage.cache_read, cache_write_tokens: usage.cache_write };
        const chat = {
          prompt_tokens: whole,
          completion_tokens: usage.output,
          prompt_tokens_details: details,
        };
        const responses = { input_tokens: whole, output_tokens: usage.output, input_tokens_details: details };
        const messages = {
          input_tokens: usage.input,
          output_tokens: usage.output,
          cache_creation_input_tokens: usage.cache_write,
          cache_read_input_tokens: usage.cache_read,
        };
        for (const form of [usage, chat, responses, messages]) {
          const others = form === usage ? {} : unknown;
          expect(openai({ ...others, ...form })).toEqual(usage);
          expect(anthropic({ ...others, ...form })).toEqual(usage);
          expect(usageProblems(form, '/usage')).toEqual([]);
        }
      }),
    );
  });

  it('ignores the order of the fields', () => {
    const fields = {
      prompt_tokens: fc.integer({ min: 50, max: 99 }),
      completion_tokens: tokens,
      prompt_tokens_details: fc.record({ cached_tokens: fc.nat(20), cache_write_tokens: fc.nat(20) }),
      prompt_cache_hit_tokens: fc.nat(20),
      cache_creation_input_tokens: fc.nat(20),
      total_tokens: fc.integer({ min: 2 ** 41, max: 2 ** 42 }),
    };
    fc.assert(
      fc.property(
        fc.record(fields),
        fc.shuffledSubarray(Object.keys(fields), { minLength: 6 }),
        (usage, order) => {
          const shuffled = Object.fromEntries(order.map((name) => [name, usage[name as keyof typeof usage]]));
          expect(openai(shuffled)).toEqual(openai(usage));
        },
      ),
    );
  });

  it('returns valid counts or throws with pointers', () => {
    const names = fc.constantFrom(
      'prompt_tokens',
      'input_tokens',
      'input_tokens_details',
      'cache_creation',
      'iterations',
      ...TOKEN_KINDS,
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.oneof(fc.jsonValue(), tokens)), (usage) => {
        const problems = usageProblems(usage, '/usage');
        if (problems.length > 0) {
          expect(problems.every(({ pointer }) => pointer.startsWith('/usage'))).toBe(true);
        } else {
          const readings = (['openai', 'anthropic'] as const).flatMap((kind) => {
            try {
              return [normaliseUsage(usage, { kind, partial: true }).tokens];
            } catch {
              return [];
            }
          });
          expect(readings.length).toBeGreaterThan(0);
          for (const reading of readings) {
            expect(Object.values(reading).every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(
              true,
            );
          }
        }
      }),
    );
  });
});
