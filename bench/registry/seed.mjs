import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

const CONCURRENCY = 8;

/** Eight writers of one account wait for each other. On a busy machine, the service ends some waits with 503. */
const RETRY_MS = 1000;

export const API_KEY = 'sk-bench-0123456789abcdefghijklmnopqrstuv';

/** A context that only the rule of the last model of `provider-<tenant>` matches; see {@link modelBody}. */
export const contextOf = (tenant) => ({
  tenant: `tenant-${tenant}`,
  tier: 'pro',
  input_tokens: 1200,
  user: { country: 'NL', beta: false },
});

/**
 * Fills an empty registry with `providers` × `models` through the API. Returns the id of the account, a token for reading
 * and one for writing, and the ids of the last provider and of one of its models.
 */
export async function seed(url, bootstrapToken, { providers, models }) {
  const pool = new Pool(url, { connections: CONCURRENCY });
  const call = async (method, path, body) => {
    const response = await pool.request({
      method,
      path,
      headers: { Authorization: `Bearer ${bootstrapToken}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const content = await response.body.json();
    if (response.statusCode === 503) {
      await sleep(RETRY_MS);
      return call(method, path, body);
    }
    if (response.statusCode >= 300)
      throw new Error(`seed: ${response.statusCode} ${JSON.stringify(content)}`);
    return content;
  };
  // One after another, because the list is ordered by age and both databases should return the same list.
  const created = [];
  for (let index = 0; index < providers; index += 1) {
    created.push(await call('POST', '/v1/llm-providers', providerBody(index)));
  }
  let next = 0;
  const last = created.at(-1);
  let someModel;
  const worker = async () => {
    while (next < providers) {
      const index = next;
      next += 1;
      for (let model = 0; model < models; model += 1) {
        const path = `/v1/llm-providers/${created[index].id}/models`;
        const response = await call('POST', path, modelBody(index, model, models));
        if (response.provider_id === last.id) someModel = response;
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const { token } = await call('POST', '/v1/tokens', { name: 'bench', scopes: ['providers:read'] });
  const writer = await call('POST', '/v1/tokens', { name: 'bench-writer', scopes: ['providers:write'] });
  const account = await call('GET', '/v1/account');
  await pool.close();
  return {
    accountId: account.id,
    token,
    writeToken: writer.token,
    providerId: last?.id,
    modelId: someModel?.id,
  };
}

function providerBody(index) {
  const provider = index % 2 === 0 ? 'openai' : 'anthropic';
  return { name: `provider-${index}`, provider, api_key: API_KEY };
}

/** The last model of each provider has a rule. {@link contextOf} matches one of them. */
function modelBody(provider, index, models) {
  const when = {
    tenant: `tenant-${provider}`,
    tier: { $in: ['pro', 'team'] },
    input_tokens: { $lte: 100_000 },
  };
  return {
    model: `model-${index}`,
    tags: ['bench', `group-${index % 5}`],
    when: index === models - 1 ? when : {},
    advanced_json: index % 4 === 0 ? { temperature: 0.5, top_p: 0.9 } : {},
    cost_per_1k_input: 0.003,
    cost_per_1k_output: 0.015,
    cost_per_1k_cache_read: 0.0003,
  };
}
