import { type DocumentedUsage, expectDocumented } from './fixtures/cost-of';

/** Costs are in millionths of a dollar: tokens × the prime of their kind. */
const USAGES: readonly DocumentedUsage[] = [
  {
    // platform.openai.com/docs/api-reference/chat/object
    what: 'chat completions with audio',
    usage: {
      prompt_tokens: 1117,
      completion_tokens: 46,
      total_tokens: 1163,
      prompt_tokens_details: { cached_tokens: 1000, audio_tokens: 17 },
      completion_tokens_details: {
        reasoning_tokens: 10,
        audio_tokens: 6,
        accepted_prediction_tokens: 3,
        rejected_prediction_tokens: 2,
      },
    },
    tokens: { input: 100, output: 40, cache_read: 1000, input_audio: 17, output_audio: 6 },
    // 200 + 120 + 7000 + 221 + 102
    cost: '0.007643',
  },
  {
    // platform.openai.com/docs/api-reference/responses/object
    what: 'a response',
    usage: {
      input_tokens: 328,
      input_tokens_details: { cached_tokens: 20, cache_write_tokens: 8 },
      output_tokens: 52,
      output_tokens_details: { reasoning_tokens: 12 },
      total_tokens: 380,
    },
    tokens: { input: 300, output: 52, cache_write: 8, cache_read: 20 },
    // 600 + 156 + 40 + 140
    cost: '0.000936',
  },
  {
    // platform.openai.com/docs/api-reference/completions/object
    what: 'legacy completions',
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
    tokens: { input: 5, output: 7 },
    // 10 + 21
    cost: '0.000031',
  },
  {
    // platform.openai.com/docs/api-reference/embeddings/create
    what: 'embeddings',
    usage: { prompt_tokens: 8, total_tokens: 8 },
    tokens: { input: 8 },
    cost: '0.000016',
  },
  {
    // platform.openai.com/docs/api-reference/images/create
    what: 'images, whose whole output is an image',
    usage: {
      total_tokens: 100,
      input_tokens: 50,
      output_tokens: 50,
      input_tokens_details: { text_tokens: 10, image_tokens: 40 },
    },
    tokens: { input: 10, input_image: 40, output_image: 50 },
    // 20 + 920 + 1450
    cost: '0.00239',
  },
  {
    // platform.openai.com/docs/api-reference/images-streaming/image_generation/completed, with the details of the output
    what: 'images with text in the output',
    usage: {
      total_tokens: 100,
      input_tokens: 50,
      output_tokens: 50,
      input_tokens_details: { text_tokens: 50, image_tokens: 0 },
      output_tokens_details: { text_tokens: 8, image_tokens: 42 },
    },
    tokens: { input: 50, output: 8, output_image: 42 },
    // 100 + 24 + 1218
    cost: '0.001342',
  },
  {
    // platform.openai.com/docs/api-reference/audio/json-object
    what: 'a transcription by tokens',
    usage: {
      type: 'tokens',
      input_tokens: 14,
      input_token_details: { text_tokens: 10, audio_tokens: 4 },
      output_tokens: 101,
      total_tokens: 115,
    },
    tokens: { input: 10, output: 101, input_audio: 4 },
    // 20 + 303 + 52
    cost: '0.000375',
  },
  {
    // platform.openai.com/docs/api-reference/audio/verbose-json-object
    what: 'a transcription by seconds, which have no rate',
    usage: { type: 'duration', seconds: 8.47 },
    tokens: {},
    cost: '0',
    assumed: true,
    notPriced: ['/seconds'],
  },
  {
    // platform.openai.com/docs/api-reference/audio/speech-audio-done-event
    what: 'speech, whose whole output is audio',
    endpoint: 'audio',
    usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 },
    tokens: { input: 14, output_audio: 101 },
    // 28 + 1717
    cost: '0.001745',
  },
  {
    // platform.openai.com/docs/api-reference/realtime-server-events/response/done
    what: 'the Realtime API',
    usage: {
      total_tokens: 275,
      input_tokens: 127,
      output_tokens: 148,
      input_token_details: {
        cached_tokens: 64,
        text_tokens: 71,
        audio_tokens: 56,
        cached_tokens_details: { text_tokens: 24, audio_tokens: 40 },
      },
      output_token_details: { text_tokens: 36, audio_tokens: 112 },
    },
    // Audio: 56 - 40 = 16. Text: 71 - 24 = 47.
    tokens: {
      input: 47,
      output: 36,
      cache_read: 24,
      input_audio: 16,
      output_audio: 112,
      cache_read_audio: 40,
    },
    // 94 + 108 + 168 + 208 + 1904 + 760
    cost: '0.003242',
  },
  {
    // api-docs.deepseek.com/api/create-chat-completion
    what: 'DeepSeek',
    usage: {
      prompt_tokens: 1000,
      completion_tokens: 50,
      total_tokens: 1050,
      prompt_cache_hit_tokens: 768,
      prompt_cache_miss_tokens: 232,
      completion_tokens_details: { reasoning_tokens: 20 },
    },
    tokens: { input: 232, output: 50, cache_read: 768 },
    // 464 + 150 + 5376
    cost: '0.00599',
  },
  {
    // platform.moonshot.ai/docs/api/chat
    what: 'Moonshot',
    usage: { prompt_tokens: 19, completion_tokens: 21, total_tokens: 40, cached_tokens: 10 },
    tokens: { input: 9, output: 21, cache_read: 10 },
    // 18 + 63 + 70
    cost: '0.000151',
  },
  {
    // alibabacloud.com/help/en/model-studio/context-cache, "Explicit cache"
    what: 'Qwen with an explicit cache',
    usage: {
      prompt_tokens: 2000,
      completion_tokens: 10,
      total_tokens: 2010,
      prompt_tokens_details: {
        cached_tokens: 0,
        cache_type: 'ephemeral',
        cache_creation_input_tokens: 1600,
        cache_creation: { ephemeral_5m_input_tokens: 1600 },
      },
    },
    tokens: { input: 400, output: 10, cache_write: 1600 },
    // 800 + 30 + 8000
    cost: '0.00883',
  },
  {
    // alibabacloud.com/help/en/model-studio/qwen-api-reference: details by modality, and the calls of tools
    what: 'Qwen with images, video and a search',
    usage: {
      prompt_tokens: 100,
      completion_tokens: 30,
      total_tokens: 130,
      prompt_tokens_details: { text_tokens: 20, image_tokens: 50, video_tokens: 30 },
      completion_tokens_details: { text_tokens: 30 },
      x_details: [{ prompt_tokens: 100, completion_tokens: 30, total_tokens: 130 }],
      x_tools: { web_search: { count: 2 } },
    },
    tokens: { input: 20, output: 30, input_image: 50, input_video: 30 },
    units: { web_search: 2 },
    // 40 + 90 + 1150 + 930, and 2 × 0.41
    cost: '0.82221',
  },
  {
    // console.groq.com/docs/api-reference
    what: 'Groq, which also states times',
    usage: {
      queue_time: 0.037,
      prompt_tokens: 18,
      prompt_time: 0.0006,
      completion_tokens: 556,
      completion_time: 0.46,
      total_tokens: 574,
      total_time: 0.464,
      prompt_tokens_details: { cached_tokens: 8 },
    },
    tokens: { input: 10, output: 556, cache_read: 8 },
    // 20 + 1668 + 56
    cost: '0.001744',
  },
  {
    // docs.mistral.ai/api
    what: 'Mistral',
    usage: {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      num_cached_tokens: 64,
      prompt_token_details: { cached_tokens: 64 },
    },
    tokens: { input: 36, output: 20, cache_read: 64 },
    // 72 + 60 + 448
    cost: '0.00058',
  },
  {
    // docs.mistral.ai/capabilities/audio: the audio is only in the total.
    what: 'Mistral with audio',
    usage: { prompt_audio_seconds: 203, prompt_tokens: 4, total_tokens: 3264, completion_tokens: 635 },
    tokens: { input: 4, output: 635, input_audio: 2625 },
    // 8 + 1905 + 34125
    cost: '0.036038',
  },
  {
    what: 'Mistral with only the seconds of the audio',
    usage: { prompt_audio_seconds: 203, prompt_tokens: 4, completion_tokens: 635, total_tokens: 639 },
    tokens: { input: 4, output: 635 },
    cost: '0.001913',
    assumed: true,
    notPriced: ['/prompt_audio_seconds'],
  },
];

describe("calculateCost for OpenAI's usages and those of compatible vendors", () => {
  it.each(USAGES)('prices $what', expectDocumented);
});
