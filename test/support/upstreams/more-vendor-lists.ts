/** A list in the documented shape of a vendor, its callable names, and the name that can be called for a chat. */
export interface VendorList {
  readonly vendor: string;
  readonly list: unknown;
  readonly ids: readonly string[];
  readonly chat: string;
}

const listed = (...data: object[]) => ({ object: 'list', data });

/** Shapes beside those of `vendor-lists.json`, each with two entries at most. */
export const MORE_VENDOR_LISTS: readonly VendorList[] = [
  {
    vendor: 'Writer',
    list: { models: [{ name: 'Palmyra X5', id: 'palmyra-x5' }] },
    ids: ['palmyra-x5'],
    chat: 'palmyra-x5',
  },
  {
    vendor: 'Heroku',
    list: [{ model_id: 'claude-4-sonnet', regions: ['us', 'eu'], type: ['text-to-text'] }],
    ids: ['claude-4-sonnet'],
    chat: 'claude-4-sonnet',
  },
  {
    vendor: 'Codex',
    list: { models: [{ slug: 'gpt-5-codex', display_name: 'GPT-5 Codex', visibility: 'list' }] },
    ids: ['gpt-5-codex'],
    chat: 'gpt-5-codex',
  },
  {
    vendor: "LiteLLM's /model/info",
    list: {
      data: [
        {
          model_name: 'embedder',
          litellm_params: { model: 'openai/text-embedding-3-small' },
          model_info: { id: '5f8f3c2a', mode: 'embedding', input_cost_per_token: 2e-8 },
        },
        {
          model_name: 'house-model',
          litellm_params: { model: 'openai/gpt-4o' },
          model_info: { id: '7c1d9b4e', mode: 'chat', max_input_tokens: 128000 },
        },
      ],
    },
    ids: ['embedder', 'house-model'],
    chat: 'house-model',
  },
  {
    vendor: 'Bedrock',
    list: {
      modelSummaries: [
        { modelId: 'amazon.titan-embed-text-v2:0', outputModalities: ['EMBEDDING'] },
        {
          modelId: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
          modelName: 'Claude Sonnet 4.5',
          inputModalities: ['TEXT', 'IMAGE'],
          outputModalities: ['TEXT'],
          modelLifecycle: { status: 'ACTIVE' },
        },
      ],
    },
    ids: ['amazon.titan-embed-text-v2:0', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
    chat: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
  },
  {
    vendor: 'Ark',
    list: listed(
      { id: 'doubao-old-32k', status: 'Shutdown', modalities: { output_modalities: ['text'] } },
      {
        id: 'doubao-new-256k',
        status: 'Retiring',
        token_limits: { context_window: 262144 },
        modalities: { input_modalities: ['text'], output_modalities: ['text'] },
      },
    ),
    ids: ['doubao-old-32k', 'doubao-new-256k'],
    chat: 'doubao-new-256k',
  },
  {
    vendor: 'Venice',
    list: listed(
      { id: 'gone', type: 'text', model_spec: { offline: true } },
      {
        id: 'venice-uncensored',
        type: 'text',
        model_spec: { availableContextTokens: 32768, offline: false },
      },
    ),
    ids: ['gone', 'venice-uncensored'],
    chat: 'venice-uncensored',
  },
  {
    vendor: 'Copilot',
    list: listed(
      { id: 'text-embedding-3-small', capabilities: { type: 'embeddings' } },
      {
        id: 'gpt-5-mini',
        capabilities: { type: 'chat', limits: { max_context_window_tokens: 264000 } },
        policy: { state: 'enabled' },
      },
    ),
    ids: ['text-embedding-3-small', 'gpt-5-mini'],
    chat: 'gpt-5-mini',
  },
  {
    vendor: 'Poe',
    list: listed(
      { id: 'FLUX-pro', architecture: { modality: 'text->image', output_modalities: ['image'] } },
      {
        id: 'Claude-Sonnet-4.5',
        architecture: { output_modalities: ['text'] },
        metadata: { display_name: 'C' },
      },
    ),
    ids: ['FLUX-pro', 'Claude-Sonnet-4.5'],
    chat: 'Claude-Sonnet-4.5',
  },
  {
    vendor: 'Novita',
    list: listed({
      id: 'deepseek/deepseek-v3',
      context_size: 64000,
      input_token_price_per_m: 2690,
      status: 1,
    }),
    ids: ['deepseek/deepseek-v3'],
    chat: 'deepseek/deepseek-v3',
  },
  {
    vendor: 'SambaNova',
    list: listed({ id: 'Meta-Llama-3.3-70B-Instruct', context_length: 131072, max_completion_tokens: 4096 }),
    ids: ['Meta-Llama-3.3-70B-Instruct'],
    chat: 'Meta-Llama-3.3-70B-Instruct',
  },
  {
    vendor: 'Chutes',
    list: listed({ id: 'zai-org/GLM-4.6', max_model_len: 202752, max_output_length: 65536 }),
    ids: ['zai-org/GLM-4.6'],
    chat: 'zai-org/GLM-4.6',
  },
  {
    vendor: 'TabbyAPI',
    list: listed({ id: 'my-exl3', object: 'model', parameters: { max_seq_len: 8192 } }),
    ids: ['my-exl3'],
    chat: 'my-exl3',
  },
  {
    vendor: 'Xinference',
    list: listed(
      { id: 'bge-m3', model_type: 'embedding' },
      { id: 'qwen3-instruct', model_type: 'LLM', context_length: 40960 },
    ),
    ids: ['bge-m3', 'qwen3-instruct'],
    chat: 'qwen3-instruct',
  },
  {
    vendor: 'WP Engine',
    list: listed(
      { id: 'gpt-image-1', display_name: 'GPT Image', capabilities: ['image_generation'] },
      { id: 'kimi-k2', display_name: 'Kimi K2', capabilities: ['chat', 'tools'], context_window: 262144 },
    ),
    ids: ['gpt-image-1', 'kimi-k2'],
    chat: 'kimi-k2',
  },
  {
    vendor: 'a gateway that nests its list',
    list: { code: 0, message: 'success', data: { models: [{ id: 'm1' }] } },
    ids: ['m1'],
    chat: 'm1',
  },
  {
    vendor: 'LiteLLM with prices',
    list: { data: [{ id: 'x', model_info: { max_input_tokens: 8192, input_cost_per_token: 0.000001 } }] },
    ids: ['x'],
    chat: 'x',
  },
];
