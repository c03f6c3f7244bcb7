import { v7 as newId } from 'uuid';
import { cryptoOf, identityKey } from './caret-crypto.mjs';
import { insertRows } from './insert-rows.mjs';
import { API_KEY } from './seed.mjs';

/** Providers per batch, to limit memory. */
const BATCH_SIZE = 250;

/**
 * Extends a registry from `seeded` providers, which the API created, to `providers` with bulk copies under new names.
 * Keys are sealed again and each rule names its own provider's tenant, so the rows equal rows of the API. The service must
 * not be running, because the change log does not record the copies.
 */
export async function addCopies(registry, seeded, providers) {
  const crypto = await cryptoOf(registry);
  const templates = await registry.rows('SELECT * FROM providers ORDER BY id');
  const models = await registry.rows('SELECT * FROM provider_models ORDER BY id');
  for (let start = seeded; start < providers; start += BATCH_SIZE) {
    const providerRows = [];
    const modelRows = [];
    for (let index = start; index < Math.min(start + BATCH_SIZE, providers); index += 1) {
      const template = templates[index % seeded];
      const copy = await copyOfProvider(crypto, template, index);
      providerRows.push(copy);
      const own = models.filter(({ provider_id }) => provider_id === template.id);
      modelRows.push(...own.map((model) => copyOfModel(model, copy, index)));
    }
    await insertRows(registry, 'providers', providerRows);
    await insertRows(registry, 'provider_models', modelRows);
  }
  await registry.execute('UPDATE accounts SET revision = revision + 1');
}

async function copyOfProvider(crypto, template, index) {
  const id = newId();
  const name = `provider-${index}`;
  const sealed = await crypto.seal(API_KEY, {
    purpose: 'upstream-api-key',
    accountId: template.account_id,
    table: 'providers',
    rowId: id,
    field: 'api_key',
    version: template.secret_version,
  });
  return { ...template, id, name, name_key: identityKey(name), sealed_api_key: sealed.text };
}

function copyOfModel(model, provider, index) {
  return {
    ...model,
    id: newId(),
    provider_id: provider.id,
    default_of: model.default_of && provider.id,
    when_json: model.when_json.replace(/tenant-\d+/, `tenant-${index}`),
  };
}
