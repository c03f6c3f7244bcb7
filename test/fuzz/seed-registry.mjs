const PROVIDERS = [
  { name: 'openai-main', provider: 'openai', base_url: 'http://openai.example' },
  { name: 'anthropic-main', provider: 'anthropic', base_url: 'http://anthropic.example' },
];
const MODELS = [
  { model: 'gpt-4.1', tags: ['smart'], priority: 2, cost_per_1k_input: 0.002, cost_per_1k_output: 0.008 },
  { model: 'claude-sonnet-4-20250514', tags: ['fast'], when: { tier: 'pro' } },
];

/** Creates providers and models, so that the first reads find some. Returns the id of the token. */
export async function seedRegistry(url, token) {
  const call = async (path, body) => {
    const response = await fetch(new URL(path, url), {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`seed: ${path} returned ${response.status} ${await response.text()}`);
    return response.json();
  };
  for (const provider of PROVIDERS) {
    const { id } = await call('/v1/llm-providers', { ...provider, api_key: 'sk-fuzz-0123456789abcdef' });
    for (const model of MODELS) await call(`/v1/llm-providers/${id}/models`, model);
  }
  return (await call('/v1/account')).token.id;
}
