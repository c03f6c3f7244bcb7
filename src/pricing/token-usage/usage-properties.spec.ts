import fc from 'fast-check';
import { costOf, PRIMES } from '../fixtures/cost-of';
import { CACHED, reversed, type Sent, sum, usagesWith } from '../fixtures/sent-usages';
import { normaliseUsage } from './usage-normaliser';

const chat = ({ truth, reasoning }: Sent): object => {
  const prompt = sum(
    truth.input,
    truth.cache_write,
    truth.cache_write_1h,
    truth.cache_read,
    truth.input_audio,
  );
  const completion = sum(truth.output, truth.output_audio, truth.output_image);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: truth.cache_read,
      cache_creation_tokens: truth.cache_write + truth.cache_write_1h,
      cache_creation: { ephemeral_1h_input_tokens: truth.cache_write_1h },
      audio_tokens: truth.input_audio,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: truth.output_audio,
      image_tokens: truth.output_image,
    },
  };
};

const anthropic = ({ truth, reasoning }: Sent): object => ({
  input_tokens: truth.input,
  output_tokens: truth.output,
  output_tokens_details: { thinking_tokens: reasoning },
  cache_read_input_tokens: truth.cache_read,
  cache_creation_input_tokens: truth.cache_write + truth.cache_write_1h,
  cache_creation: {
    ephemeral_5m_input_tokens: truth.cache_write,
    ephemeral_1h_input_tokens: truth.cache_write_1h,
  },
});

const bedrock = ({ truth }: Sent): object => ({
  inputTokens: truth.input,
  outputTokens: truth.output,
  totalTokens: sum(truth.input, truth.output, truth.cache_read, truth.cache_write, truth.cache_write_1h),
  cacheReadInputTokens: truth.cache_read,
  cacheWriteInputTokens: truth.cache_write + truth.cache_write_1h,
  cacheDetails: [
    { ttl: '1h', inputTokens: Math.floor(truth.cache_write_1h / 2) },
    { ttl: '5m', inputTokens: truth.cache_write },
    { ttl: '1h', inputTokens: Math.ceil(truth.cache_write_1h / 2) },
  ],
});

const gemini = ({ truth, reasoning }: Sent): object => {
  const cached = truth.cache_read + truth.cache_read_audio;
  const prompt = sum(truth.input, cached, truth.input_audio, truth.input_image, truth.input_video);
  const candidates = sum(truth.output - reasoning, truth.output_image);
  const modality = (name: string, tokenCount: number): object => ({ modality: name, tokenCount });
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    thoughtsTokenCount: reasoning,
    cachedContentTokenCount: cached,
    totalTokenCount: prompt + candidates + reasoning,
    promptTokensDetails: [
      modality('AUDIO', truth.input_audio + truth.cache_read_audio),
      modality('IMAGE', truth.input_image),
      modality('VIDEO', truth.input_video),
    ],
    cacheTokensDetails: [modality('AUDIO', truth.cache_read_audio)],
    candidatesTokensDetails: [modality('IMAGE', truth.output_image)],
  };
};

const FORMS: readonly [string, fc.Arbitrary<Sent>, (sent: Sent) => object][] = [
  ['chat completions', usagesWith([...CACHED, 'input_audio', 'output_audio', 'output_image']), chat],
  ['messages', usagesWith(CACHED), anthropic],
  ['Converse', usagesWith(CACHED, 0), bedrock],
  [
    'usageMetadata',
    usagesWith([
      'input',
      'output',
      'cache_read',
      'cache_read_audio',
      'input_audio',
      'input_image',
      'input_video',
      'output_image',
    ]),
    gemini,
  ],
];

describe.each(FORMS)('normaliseUsage for %s', (_form, usages, toUsage) => {
  const read = (usage: unknown) => normaliseUsage(usage, { kind: 'openai' });

  it('counts every token once', () => {
    fc.assert(
      fc.property(usages, (sent) => {
        const { tokens: counted, reasoning, assumed } = read(toUsage(sent));
        expect(counted).toEqual(sent.truth);
        expect(reasoning).toBe(sent.reasoning);
        expect(assumed).toBe(false);
      }),
    );
  });

  it('ignores the order of the fields', () => {
    fc.assert(
      fc.property(usages, (sent) => {
        const usage = toUsage(sent);
        expect(read(reversed(usage))).toEqual(read(usage));
      }),
    );
  });

  it('has a cost that is the sum of its parts', () => {
    fc.assert(
      fc.property(usages, (sent) => {
        const { cost, parts, units } = costOf({ usage: toUsage(sent), prices: PRIMES });
        // In billionths of a dollar, each rate is a whole number per token.
        const inUnits = (amount: string): bigint => {
          const [whole = '', fraction = ''] = amount.split('.');
          return BigInt(whole + fraction.padEnd(9, '0'));
        };
        expect(inUnits(cost!)).toBe(parts.reduce((total, part) => total + inUnits(part.cost!), 0n));
        expect(parts.reduce((total, part) => total + part.tokens, 0)).toBe(sum(...Object.values(sent.truth)));
        expect(units).toEqual([]);
      }),
    );
  });
});

describe('normaliseUsage for a total', () => {
  const counts = fc.record({
    prompt: fc.integer({ min: 1, max: 2 ** 40 }),
    completion: fc.integer({ min: 1, max: 2 ** 40 }),
    reads: fc.nat(2 ** 40),
    writes: fc.nat(2 ** 40),
    reasoning: fc.nat(2 ** 40),
    rest: fc.nat(2 ** 40),
  });

  it('attributes exactly the total, or rejects the usage', () => {
    fc.assert(
      fc.property(counts, ({ prompt, completion, reads, writes, reasoning, rest }) => {
        const total = prompt + completion + rest;
        const usage = {
          prompt_tokens: prompt,
          completion_tokens: completion,
          total_tokens: total,
          prompt_tokens_details: { cached_tokens: reads, cache_write_tokens: writes },
          completion_tokens_details: { reasoning_tokens: reasoning },
        };
        const isImpossible = reads <= prompt && writes <= prompt && reads + writes > prompt;
        const excess = reads > prompt || writes > prompt ? reads + writes : 0;
        const separate = excess + (reasoning > completion ? reasoning : 0);
        try {
          const { tokens: counted } = normaliseUsage(usage, { kind: 'openai' });
          // What can only be separate is charged, even if the total leaves it out.
          expect([total, prompt + completion + separate, total + separate]).toContain(
            sum(...Object.values(counted)),
          );
        } catch {
          expect(isImpossible).toBe(true);
        }
      }),
    );
  });
});
