import { type DocumentedUsage, expectDocumented } from '../fixtures/cost-of';
import { usageProblems } from './usage-normaliser';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const AGREED: readonly DocumentedUsage[] = [
  {
    what: 'equal totals',
    usage: { prompt_tokens: 10, completion_tokens: 5, input_tokens: 10, output_tokens: 5 },
    tokens: { input: 10, output: 5 },
    // 20 + 15
    cost: '0.000035',
  },
  {
    what: 'a total of 0 in one form',
    usage: { prompt_tokens: 0, completion_tokens: 5, input_tokens: 100, output_tokens: 5 },
    tokens: { input: 100, output: 5 },
    // 200 + 15
    cost: '0.000215',
  },
  {
    what: 'one total of each form',
    usage: { input_tokens: 100, completion_tokens: 5 },
    tokens: { input: 100, output: 5 },
    cost: '0.000215',
  },
  {
    what: "OpenAI's prompt, which includes the cache, beside Anthropic's input",
    usage: {
      prompt_tokens: 110,
      completion_tokens: 5,
      input_tokens: 20,
      output_tokens: 5,
      cache_read_input_tokens: 80,
      cache_creation_input_tokens: 10,
    },
    tokens: { input: 20, output: 5, cache_write: 10, cache_read: 80 },
    // 40 + 15 + 50 + 560
    cost: '0.000665',
  },
  {
    what: 'a completion without reasoning beside an output with it',
    usage: {
      prompt_tokens: 10,
      completion_tokens: 9,
      input_tokens: 10,
      output_tokens: 49,
      output_tokens_details: { reasoning_tokens: 40 },
      total_tokens: 59,
    },
    tokens: { input: 10, output: 49 },
    // 20 + 147
    cost: '0.000167',
  },
  {
    what: "Gemini's counts, which a proxy repeats under OpenAI's names",
    usage: {
      promptTokenCount: 10,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
      totalTokenCount: 22,
      prompt_tokens: 10,
      completion_tokens: 12,
      total_tokens: 22,
      prompt_tokens_details: { cached_tokens: 4 },
    },
    tokens: { input: 6, output: 12, cache_read: 4 },
    // 12 + 36 + 28
    cost: '0.000076',
  },
];

describe('normaliseUsage for the totals of several forms', () => {
  it.each(AGREED)('accepts $what', expectDocumented);

  it.each([
    [
      { prompt_tokens: 5, completion_tokens: 0, input_tokens: 1000, output_tokens: 50 },
      ['/usage/prompt_tokens'],
    ],
    [
      { prompt_tokens: 10, completion_tokens: 7, input_tokens: 10, output_tokens: 5 },
      ['/usage/output_tokens'],
    ],
    [
      { prompt_tokens: 9, completion_tokens: 7, input_tokens: 10, outputTokens: 5 },
      ['/usage/prompt_tokens', '/usage/outputTokens'],
    ],
    [
      { prompt_tokens: 30, completion_tokens: 5, input_tokens: 10, output_tokens: 5, cached_tokens: 8 },
      ['/usage/input_tokens'],
    ],
    [
      {
        prompt_tokens: 100,
        completion_tokens: 5,
        input_tokens: 20,
        cache_read_input_tokens: 80,
        cache_creation_input_tokens: 7,
      },
      ['/usage/input_tokens'],
    ],
    [{ promptTokenCount: 10, candidatesTokenCount: 5, prompt_tokens: 1000 }, ['/usage/promptTokenCount']],
    [{ promptTokenCount: 10, candidatesTokenCount: 5, output_tokens: 4 }, ['/usage/output_tokens']],
  ])('rejects %j', (usage, pointers) => {
    const problems = usageProblems(usage, '/usage');
    expect(problems.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problems[0]).toMatchObject({
      code: 'range',
      detail: expect.stringContaining('both count the same tokens'),
    });
  });
});
