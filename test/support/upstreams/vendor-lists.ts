import { MORE_VENDOR_LISTS, type VendorList } from './more-vendor-lists';
import lists from './vendor-lists.json';

type Vendor = keyof typeof lists;

/** What can be called at each vendor: all names in the vendor's order, and the one to chat with. */
const EXPECTED: Readonly<Record<Vendor, readonly [ids: readonly string[], chat: string]>> = {
  anthropic: [
    ['claude-opus-4-1-20250805', 'claude-sonnet-4-5-20250929', 'claude-3-haiku-20240307'],
    'claude-opus-4-1-20250805',
  ],
  'azure-openai': [['gpt-4o-2024-11-20', 'curie', 'curie.ft-000'], 'gpt-4o-2024-11-20'],
  cerebras: [['llama3.1-8b'], 'llama3.1-8b'],
  'cloudflare-workers-ai': [['@cf/meta/llama-3.1-8b-instruct'], '@cf/meta/llama-3.1-8b-instruct'],
  'cohere-compat': [['command-r-plus'], 'command-r-plus'],
  'cohere-native': [['command-a-03-2025'], 'command-a-03-2025'],
  deepinfra: [['meta-llama/Meta-Llama-3.1-8B-Instruct'], 'meta-llama/Meta-Llama-3.1-8B-Instruct'],
  deepseek: [['deepseek-chat', 'deepseek-reasoner'], 'deepseek-chat'],
  featherless: [['org/finetune-7b'], 'org/finetune-7b'],
  fireworks: [
    ['accounts/fireworks/models/llama-v3p1-8b-instruct'],
    'accounts/fireworks/models/llama-v3p1-8b-instruct',
  ],
  'gemini-native': [['models/gemini-2.5-flash'], 'models/gemini-2.5-flash'],
  'gemini-openai': [['models/gemini-2.5-pro', 'models/embedding-001'], 'models/gemini-2.5-pro'],
  'github-models-azure': [['gpt-4o', 'Llama-3-8B-Instruct', 'Cohere-embed-v3-english'], 'gpt-4o'],
  'github-models-catalog': [['openai/gpt-4.1-mini'], 'openai/gpt-4.1-mini'],
  groq: [['llama-3.3-70b-versatile', 'whisper-large-v3', 'old-model'], 'llama-3.3-70b-versatile'],
  'huggingface-router': [['Qwen/Qwen3-8B'], 'Qwen/Qwen3-8B'],
  litellm: [['*', 'openai/*', 'gpt-4o'], 'gpt-4o'],
  'llamacpp-router': [['ggml-org/gemma-3-4b-it-GGUF:Q4_K_M', 'llama'], 'ggml-org/gemma-3-4b-it-GGUF:Q4_K_M'],
  llamacpp: [
    ['../models/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf'],
    '../models/Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf',
  ],
  'lmstudio-v0': [['qwen2-vl-7b-instruct', 'text-embedding-nomic-embed-text-v1.5'], 'qwen2-vl-7b-instruct'],
  localai: [['gpt-4', 'stablediffusion'], 'gpt-4'],
  mistral: [
    ['mistral-large-2411', 'mistral-large-latest', 'ft:open-mistral-7b:1a2b3c4d:20240531:acme:9f8e7d6c'],
    'mistral-large-2411',
  ],
  moonshot: [['kimi-k2-0905-preview'], 'kimi-k2-0905-preview'],
  'new-api': [['gpt-4o'], 'gpt-4o'],
  nvidia: [['01-ai/yi-large'], '01-ai/yi-large'],
  'ollama-openai': [['llama3.2:latest'], 'llama3.2:latest'],
  'ollama-tags': [['llama3.2:latest'], 'llama3.2:latest'],
  openai: [
    [
      'babbage-002',
      'dall-e-3',
      'whisper-1',
      'gpt-4o',
      'text-embedding-3-small',
      'ft:gpt-4o-mini-2024-07-18:acme::AbC123',
    ],
    'gpt-4o',
  ],
  openrouter: [['openrouter/auto', 'deepseek/deepseek-r1:free'], 'openrouter/auto'],
  together: [
    ['meta-llama/Llama-3.3-70B-Instruct-Turbo', 'black-forest-labs/FLUX.1-schnell'],
    'meta-llama/Llama-3.3-70B-Instruct-Turbo',
  ],
  'vercel-gateway': [['anthropic/claude-sonnet-4'], 'anthropic/claude-sonnet-4'],
  vllm: [['Qwen/Qwen2.5-7B-Instruct', 'sql-lora'], 'Qwen/Qwen2.5-7B-Instruct'],
  xai: [['grok-4-0709'], 'grok-4-0709'],
};

/** The lists of vendors in their documented shapes. docs/vendors.md has the source of each. */
export const VENDOR_LISTS: readonly VendorList[] = [
  ...Object.entries(EXPECTED).map(([vendor, [ids, chat]]) => ({
    vendor,
    list: lists[vendor as Vendor],
    ids,
    chat,
  })),
  ...MORE_VENDOR_LISTS,
];
