import { toShownUsage } from './token-usage';
import { normaliseUsage, usageProblems } from './usage-normaliser';

const openai = (usage: unknown) => toShownUsage(normaliseUsage(usage, { kind: 'openai' }).tokens);
const anthropic = (usage: unknown) => toShownUsage(normaliseUsage(usage, { kind: 'anthropic' }).tokens);

function faults(usage: unknown): string[] {
  return usageProblems(usage, '/usage').map(({ pointer, code }) => `${pointer} ${code}`);
}

describe('normaliseUsage for OpenAI', () => {
  it('subtracts cached tokens from the prompt of chat completions', () => {
    const usage = {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1920, audio_tokens: 12 },
      completion_tokens_details: { reasoning_tokens: 250, audio_tokens: 0, accepted_prediction_tokens: 20 },
    };
    expect(openai(usage)).toEqual({
      input: 74,
      output: 300,
      cache_write: 0,
      cache_read: 1920,
      input_audio: 12,
    });
  });

  it('subtracts cached tokens from the input of responses and the Realtime API', () => {
    const expected = { input: 27, output: 48, cache_write: 0, cache_read: 98 };
    const totals = { input_tokens: 125, output_tokens: 48, total_tokens: 173 };
    expect(openai({ ...totals, input_tokens_details: { cached_tokens: 98 } })).toEqual(expected);
    expect(openai({ ...totals, input_token_details: { cached_tokens: 98, text_tokens: 125 } })).toEqual(
      expected,
    );
  });

  it('subtracts cache writes from the input', () => {
    // developers.openai.com/api/docs/guides/prompt-caching: 2600 = 2000 read + 400 written + 200.
    const details = { cached_tokens: 2000, cache_write_tokens: 400 };
    const expected = { input: 200, output: 300, cache_write: 400, cache_read: 2000 };
    expect(openai({ input_tokens: 2600, output_tokens: 300, input_tokens_details: details })).toEqual(
      expected,
    );
    expect(openai({ prompt_tokens: 2600, completion_tokens: 300, prompt_tokens_details: details })).toEqual(
      expected,
    );
  });

  it('reads embeddings, which have no output', () => {
    expect(openai({ prompt_tokens: 8, total_tokens: 8 })).toEqual({
      input: 8,
      output: 0,
      cache_write: 0,
      cache_read: 0,
    });
  });

  it('accepts an input that was cached as a whole', () => {
    const usage = {
      prompt_tokens: 1024,
      completion_tokens: 1,
      prompt_tokens_details: { cached_tokens: 1024 },
    };
    expect(openai(usage)).toMatchObject({ input: 0, cache_read: 1024 });
  });

  it('reports only the count if the input is invalid', () => {
    expect(faults({ prompt_tokens: 'many', prompt_tokens_details: { cached_tokens: 11 } })).toEqual([
      '/usage/prompt_tokens type',
    ]);
  });

  it('counts cached tokens that exceed the input separately', () => {
    const expected = { input: 10, output: 0, cache_write: 0, cache_read: 11 };
    expect(openai({ prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 11 } })).toEqual(expected);
    const written = { ...expected, cache_write: 11, cache_read: 0 };
    expect(openai({ prompt_tokens: 10, prompt_tokens_details: { cache_write_tokens: 11 } })).toEqual(written);
  });

  it('rejects reads and writes that exceed the input only together', () => {
    const usage = { input_tokens: 10, output_tokens: 0 };
    const details = { cached_tokens: 6, cache_write_tokens: 5 };
    expect(faults({ ...usage, input_tokens_details: details })).toEqual([
      '/usage/input_tokens_details/cached_tokens range',
    ]);
    // The total proves that they are separate.
    expect(openai({ ...usage, input_tokens_details: details, total_tokens: 21 })).toEqual({
      input: 10,
      output: 0,
      cache_write: 5,
      cache_read: 6,
    });
  });

  it('rejects a total below its parts', () => {
    expect(faults({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 14 })).toEqual([
      '/usage/total_tokens range',
    ]);
    expect(faults({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 0 })).toEqual([]);
    expect(faults({ prompt_tokens: 10, completion_tokens: 5, total_tokens: null })).toEqual([]);
  });

  it('rejects more tokens of a modality than its total', () => {
    expect(faults({ prompt_tokens: 10, prompt_tokens_details: { audio_tokens: 11 } })).toEqual([
      '/usage/prompt_tokens_details/audio_tokens range',
    ]);
    expect(
      faults({
        prompt_tokens: 10,
        completion_tokens: 5,
        completion_tokens_details: { audio_tokens: 3, image_tokens: 3 },
      }),
    ).toEqual(['/usage/completion_tokens_details/audio_tokens range']);
  });
});

describe('normaliseUsage for OpenAI-compatible endpoints', () => {
  it('reads cache hits of DeepSeek', () => {
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 5,
      total_tokens: 1005,
      prompt_cache_hit_tokens: 768,
      prompt_cache_miss_tokens: 232,
      prompt_tokens_details: { cached_tokens: 768 },
    };
    const expected = { input: 232, output: 5, cache_write: 0, cache_read: 768 };
    expect(openai(usage)).toEqual(expected);
    expect(openai({ ...usage, prompt_tokens_details: undefined })).toEqual(expected);
  });

  it('reads cache hits of Moonshot', () => {
    const usage = { prompt_tokens: 19, completion_tokens: 21, total_tokens: 40, cached_tokens: 10 };
    expect(openai(usage)).toEqual({ input: 9, output: 21, cache_write: 0, cache_read: 10 });
  });

  it('reads cache writes of OpenRouter', () => {
    // openrouter.ai/docs/use-cases/usage-accounting
    const usage = {
      completion_tokens: 2,
      completion_tokens_details: { reasoning_tokens: 0 },
      cost: 0.95,
      cost_details: { upstream_inference_cost: 19 },
      prompt_tokens: 194,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 100, audio_tokens: 0 },
      total_tokens: 196,
    };
    expect(openai(usage)).toEqual({ input: 94, output: 2, cache_write: 100, cache_read: 0 });
  });

  it("reads Anthropic's cache fields of LiteLLM for both provider kinds", () => {
    const usage = {
      prompt_tokens: 2006,
      completion_tokens: 300,
      total_tokens: 2306,
      prompt_tokens_details: { cached_tokens: 1500, cache_creation_tokens: 400 },
      cache_creation_input_tokens: 400,
      cache_read_input_tokens: 1500,
    };
    const expected = { input: 106, output: 300, cache_write: 400, cache_read: 1500 };
    expect(openai(usage)).toEqual(expected);
    expect(anthropic(usage)).toEqual(expected);
    expect(openai({ ...usage, prompt_tokens_details: { cached_tokens: 0 } })).toEqual(expected);
  });

  it('adds reasoning tokens only if the total includes them separately', () => {
    // docs.x.ai: 32 + 9 + 94 = 135.
    const xai = {
      prompt_tokens: 32,
      completion_tokens: 9,
      completion_tokens_details: { reasoning_tokens: 94 },
    };
    expect(openai({ ...xai, total_tokens: 135 }).output).toBe(103);
    expect(openai({ ...xai, completion_tokens: 103, total_tokens: 135 }).output).toBe(103);
    // More reasoning than completion can only be separate.
    expect(openai(xai).output).toBe(103);
    expect(openai({ ...xai, completion_tokens: 103 }).output).toBe(103);
  });
});
