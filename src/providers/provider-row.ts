import { storedObject } from '../common/stored-json';
import type { ProviderKind } from '../upstream/base-url';
import type { Protocol } from '../upstream/protocol';
import type { OpenaiApiMode } from '../upstream/upstream-target';
import type { Provider } from './provider.entity';

/** A row as the drivers return it. */
export interface ProviderRow {
  id: string;
  account_id: string;
  name: string;
  name_key: string;
  provider: ProviderKind;
  enabled: number;
  sealed_api_key: string;
  encryption_key_id: string;
  secret_version: number;
  key_prefix: string;
  base_url: string | null;
  base_url_set_by: string | null;
  openai_api_mode: OpenaiApiMode | null;
  learned_protocol: Protocol | null;
  advanced_json: string | null;
  sealed_headers: string | null;
  headers_key_id: string | null;
  headers_version: number;
  stored_bytes: number;
  created_at: string;
  updated_at: string;
}

/** Maps without TypeORM, whose hydration is slower than the query: see ADR 7. */
export function toProvider(row: ProviderRow): Provider {
  return {
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    nameKey: row.name_key,
    provider: row.provider,
    enabled: row.enabled !== 0,
    sealedApiKey: row.sealed_api_key,
    encryptionKeyId: row.encryption_key_id,
    secretVersion: row.secret_version,
    keyPrefix: row.key_prefix,
    baseUrl: row.base_url,
    baseUrlSetBy: row.base_url_set_by,
    openaiApiMode: row.openai_api_mode,
    learnedProtocol: row.learned_protocol,
    advancedJson: row.advanced_json === null ? null : storedObject(row.advanced_json),
    sealedHeaders: row.sealed_headers,
    headersKeyId: row.headers_key_id,
    headersVersion: row.headers_version,
    storedBytes: row.stored_bytes,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
