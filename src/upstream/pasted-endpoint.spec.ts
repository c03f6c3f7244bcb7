import { assertNoEndpoint } from './pasted-endpoint';

describe('assertNoEndpoint', () => {
  it.each([
    ['https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1/responses', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1/embeddings', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1/models', 'https://api.openai.com/v1'],
    ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com/v1'],
    ['https://h.example/V1/Chat/Completions', 'https://h.example/V1'],
    ['http://localhost:11434/api', 'http://localhost:11434'],
    ['http://localhost:11434/api/chat', 'http://localhost:11434'],
    ['https://ollama.com/api', 'https://ollama.com'],
  ])('rejects %s and suggests %s', (baseUrl, suggested) => {
    expect(() => assertNoEndpoint(baseUrl)).toThrow(`Send ${suggested}.`);
  });

  it.each([
    'https://api.openai.com/v1',
    'https://webui.example/api',
    'https://h.example/models/v1',
    'https://h.example/my-models',
    'https://res.services.ai.azure.com/models',
  ])('accepts %s', (baseUrl) => {
    expect(() => assertNoEndpoint(baseUrl)).not.toThrow();
  });
});
