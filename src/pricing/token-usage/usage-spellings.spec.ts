import fc from 'fast-check';
import { expectDocumented } from '../fixtures/cost-of';
import { CACHED, reversed, type Sent, sum, usagesWith } from '../fixtures/sent-usages';
import { normaliseUsage } from './usage-normaliser';

interface Spelling {
  readonly totals: readonly [string, string];
  readonly details: readonly [string, string];
  /** Where a field of the details that the first of them does not have is instead. */
  readonly otherDetails: readonly [string, string];
  readonly isList: boolean;
  /** How each field is written, by its position in the usage. */
  readonly cases: readonly ('snake' | 'camel' | 'pascal')[];
  readonly order: readonly number[];
}

const details = fc.tuple(
  fc.constantFrom(
    'prompt_tokens_details',
    'prompt_token_details',
    'input_tokens_details',
    'input_token_details',
  ),
  fc.constantFrom(
    'completion_tokens_details',
    'completion_token_details',
    'output_tokens_details',
    'output_token_details',
  ),
);

const spellings: fc.Arbitrary<Spelling> = fc.record({
  totals: fc.constantFrom(
    ['prompt_tokens', 'completion_tokens'] as const,
    ['input_tokens', 'output_tokens'] as const,
  ),
  details,
  otherDetails: details,
  isList: fc.boolean(),
  cases: fc.array(fc.constantFrom('snake', 'camel', 'pascal'), { minLength: 16, maxLength: 16 }),
  order: fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
});

/** Writes the counts in one of the ways in which vendors and libraries do. */
function spelled({ truth, reasoning }: Sent, spelling: Spelling): object {
  const prompt = sum(
    truth.input,
    truth.cache_write,
    truth.cache_write_1h,
    truth.cache_read,
    truth.input_audio,
  );
  const completion = sum(truth.output, truth.output_audio);
  const [inputDetails, outputDetails] = spelling.details;
  const [otherInput, otherOutput] = spelling.otherDetails;
  const fields: [container: string, name: string, value: number][] = [
    ['', spelling.totals[0], prompt],
    ['', spelling.totals[1], completion],
    ['', 'total_tokens', prompt + completion],
    [inputDetails, 'cached_tokens', truth.cache_read],
    [otherInput, 'cache_creation_tokens', truth.cache_write + truth.cache_write_1h],
    [inputDetails, 'ephemeral_1h_input_tokens', truth.cache_write_1h],
    [otherInput, 'audio_tokens', truth.input_audio],
    [outputDetails, 'reasoning_tokens', reasoning],
    [otherOutput, 'audio_tokens', truth.output_audio],
  ];
  const inCase = (name: string, index: number): string => {
    const camel = name.replace(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
    if (spelling.cases[index] === 'snake') return name;
    return spelling.cases[index] === 'camel' ? camel : camel.replace(/^./, (letter) => letter.toUpperCase());
  };
  const usage: Record<string, number | Record<string, number>[]> = {};
  const inOrder = fields
    .map((field, index) => ({ field, index, rank: spelling.order[index]! }))
    .sort((one, other) => one.rank - other.rank);
  for (const { field, index } of inOrder) {
    const [container, name, value] = field;
    if (container === '') {
      usage[inCase(name, index)] = value;
      continue;
    }
    // Two requests, or one.
    const halves = spelling.isList ? [Math.floor(value / 2), Math.ceil(value / 2)] : [value];
    const items = (usage[inCase(container, index)] ??= halves.map(() => ({}))) as Record<string, number>[];
    halves.forEach((half, item) => (items[item]![inCase(name, index)] = half));
  }
  const isDetails = (entry: unknown): entry is object[] => Array.isArray(entry) && !spelling.isList;
  return Object.fromEntries(
    Object.entries(usage).map(([name, entry]) => [name, isDetails(entry) ? entry[0] : entry]),
  );
}

describe('normaliseUsage for any spelling', () => {
  it('counts every token once, in every order of the fields', () => {
    const sent = usagesWith([...CACHED, 'input_audio', 'output_audio']);
    fc.assert(
      fc.property(sent, spellings, (counts, spelling) => {
        const usage = spelled(counts, spelling);
        const { tokens: counted, reasoning, assumed, uncounted } = normaliseUsage(usage, { kind: 'openai' });
        expect({ counted, reasoning, assumed, uncounted }).toEqual({
          counted: counts.truth,
          reasoning: counts.reasoning,
          assumed: false,
          uncounted: [],
        });
        expect(normaliseUsage(reversed(usage), { kind: 'openai' }).tokens).toEqual(counted);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    {
      promptTokensDetails: { audioTokens: 3 },
      prompt_tokens_details: { cached_tokens: 5 },
      prompt_tokens: 100,
    },
    {
      prompt_tokens_details: { cached_tokens: 5 },
      promptTokensDetails: { audioTokens: 3 },
      promptTokens: 100,
    },
    {
      prompt_tokens: 90,
      promptTokens: 100,
      PromptTokensDetails: { CachedTokens: 5, cached_tokens: 4 },
      prompt_token_details: { audioTokens: 3 },
    },
    {
      PromptTokens: 100,
      prompt_tokens_details: { audio_tokens: 3 },
      promptTokensDetails: [{ cachedTokens: 2 }, { cached_tokens: 3 }],
    },
  ])('merges the spellings %j', (usage) => {
    expectDocumented({
      what: 'spellings',
      usage: { completion_tokens: 1, ...usage },
      tokens: { input: 92, output: 1, cache_read: 5, input_audio: 3 },
      // 184 + 3 + 35 + 39
      cost: '0.000261',
    });
  });
});
