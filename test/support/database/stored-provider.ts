import type { DataSource } from 'typeorm';

export const ACCOUNT_ID = 'a'.repeat(36);
export const PROVIDER_ID = 'b'.repeat(36);
export const MODEL_ID = 'c'.repeat(36);

/** Inserts an account, a provider and a model with SQL that the first version understands. */
export async function insertProviderWithModel(dataSource: DataSource): Promise<void> {
  const now = new Date().toISOString();
  await dataSource.query('INSERT INTO accounts (id, name, revision, created_at) VALUES (?, ?, 0, ?)', [
    ACCOUNT_ID,
    'a',
    now,
  ]);
  await dataSource.query(
    `INSERT INTO providers (id, account_id, name, name_key, provider, sealed_api_key, encryption_key_id, secret_version, key_prefix, headers_version, stored_bytes, created_at, updated_at)
     VALUES (?, ?, 'p', 'k', 'openai', 'kid:s', 'kid', 1, '', 0, 3, ?, ?)`,
    [PROVIDER_ID, ACCOUNT_ID, now, now],
  );
  await dataSource.query(
    `INSERT INTO provider_models (id, account_id, provider_id, model, model_key, priority, tags, when_json, advanced_json, headers_version, multiplier, stored_bytes, created_at, updated_at)
     VALUES (?, ?, ?, 'm', 'k', 0, '[]', '{}', '{}', 0, 1, 7, ?, ?)`,
    [MODEL_ID, ACCOUNT_ID, PROVIDER_ID, now, now],
  );
}
