const PROVIDERS =
  'SELECT id, account_id, provider, name, key_prefix, base_url, openai_api_mode, advanced_json, created_at, updated_at FROM providers WHERE account_id = ? ORDER BY id';
const MODELS =
  'SELECT id, provider_id, model, priority, default_of, tags, when_json, advanced_json, multiplier, cost_per_1k_input, cost_per_1k_output, cost_per_1k_cache_write, cost_per_1k_cache_read, created_at, updated_at FROM provider_models WHERE account_id = ? ORDER BY priority DESC, id';

/**
 * Builds the list's JSON in the fastest way: two prepared queries, because binary rows are cheaper than text, with rows
 * as arrays, grouped and serialized with one call.
 */
export async function readList(execute, accountId) {
  const providerRows = await execute(PROVIDERS, [accountId]);
  const modelRows = await execute(MODELS, [accountId]);
  const byId = new Map();
  for (const row of providerRows) byId.set(row[0], toProvider(row));
  for (const row of modelRows) {
    const provider = byId.get(row[1]);
    provider?.models.push(toModel(row, provider.name));
  }
  return JSON.stringify([...byId.values()]);
}

function toProvider(row) {
  return {
    id: row[0],
    account_id: row[1],
    provider: row[2],
    name: row[3],
    key_prefix: row[4],
    secret_status: 'ok',
    base_url: row[5],
    openai_api_mode: row[6],
    advanced_json: parsed(row[7]),
    created_at: row[8],
    updated_at: row[9],
    models: [],
  };
}

function toModel(row, providerName) {
  return {
    id: row[0],
    provider_id: row[1],
    model: row[2],
    selector: `${providerName}^${row[2]}`,
    priority: row[3],
    is_default: row[4] !== null,
    tags: parsed(row[5]),
    when: parsed(row[6]),
    advanced_json: parsed(row[7]),
    multiplier: Number(row[8]),
    cost_per_1k_input: amount(row[9]),
    cost_per_1k_output: amount(row[10]),
    cost_per_1k_cache_write: amount(row[11]),
    cost_per_1k_cache_read: amount(row[12]),
    created_at: row[13],
    updated_at: row[14],
  };
}

function parsed(text) {
  if (text === '{}') return {};
  if (text === '[]') return [];
  return text === null ? null : JSON.parse(text);
}

function amount(text) {
  return text === null ? null : Number(text);
}
