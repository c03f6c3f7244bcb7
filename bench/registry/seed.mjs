import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

const CONCURRENCY = 8;

/** Eight writers of one account wait for each other, on a machine that is busy longer than the service lets them. */
const RETRY_MS = 1000;

export const API_KEY = 'sk-bench-0123456789abcdefghijklmnopqrstuv';

/** A context for which one rule of all holds, that of the last model of `provider-<tenant>`; see {@link modelBody}. */
export const contextOf = (tenant) => ({
  tenant: `tenant-${tenant}`,
  tier: 'pro',
  input_tokens: 1200,
  user: { country: 'NL', beta: false },
});

/**
 * Fills an empty registry through the API: `providers` × `models`. The account, a token to ask with and one to write
 * with, and ids: of the last provider, and of the last model with its provider.
 */
export async function seed(url, bootstrapToken, { providers, models }) {
  const pool = new Pool(url, { connections: CONCURRENCY });
  const call = async (method, path, body) => {
    const answer = await pool.request({
      method,
      path,
      headers: { Authorization: `Bearer ${bootstrapToken}`, 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const content = await answer.body.json();
    if (answer.statusCode === 503) {
      await sleep(RETRY_MS);
      return call(method, path, body);
    }
    if (answer.statusCode >= 300) throw new Error(`seed: ${answer.statusCode} ${JSON.stringify(content)}`);
    return content;
  };
  // One after the other: the list is ordered by age, and both databases should show the same one.
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
        const made = await call('POST', path, modelBody(index, model, models));
        if (made.provider_id === last.id) someModel = made;
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

/** The last model of each provider has a rule: one holds for {@link contextOf}. */
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
