import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  AdvancedJsonSealer,
  type SealedHeaders,
  type SealedRow,
} from '../advanced-json/advanced-json-sealer';
import { selectProviderSettings } from '../advanced-json/provider-settings';
import type { JsonObject } from '../common/json-object';
import { SecretUndecryptableError } from '../crypto/crypto.errors';
import { CryptoService } from '../crypto/crypto.service';
import type { SealContext } from '../crypto/seal-context';
import type { SealedColumn } from '../crypto/sealed-columns';
import type { SealedText } from '../crypto/sealed-text';
import { openOrConflict } from '../crypto/secret-conflict';
import type { ProviderModel } from '../models/provider-model.entity';
import type { UpstreamTarget } from '../upstream/upstream-target';
import { keyPrefix } from './api-key-rules';
import type { Provider } from './provider.entity';
import { apiKeyIsPrefix, configurationUnreadable } from './provider.errors';

export type SecretStatus = 'ok' | 'undecryptable';

/** The column of `providers` that stores sealed API keys. */
export const API_KEY_COLUMN: SealedColumn = {
  table: 'providers',
  idColumn: 'id',
  accountColumn: 'account_id',
  sealedColumn: 'sealed_api_key',
  keyIdColumn: 'encryption_key_id',
  versionColumn: 'secret_version',
  purpose: 'upstream-api-key',
  field: 'api_key',
};

/** The columns that calls to a provider need, with its secrets sealed. */
export type SealedProvider = Pick<
  Provider,
  | 'id'
  | 'accountId'
  | 'provider'
  | 'baseUrl'
  | 'openaiApiMode'
  | 'sealedApiKey'
  | 'secretVersion'
  | 'advancedJson'
  | keyof SealedHeaders
>;

/** The columns of a model that calls to it need. */
export type SealedModel = Pick<ProviderModel, 'id' | 'accountId' | 'advancedJson' | keyof SealedHeaders>;

/** Cached statuses, so that a list does not open every secret each time. */
const MAX_CACHED_STATUSES = 50_000;

/** The only place that seals and opens a provider's API key. */
@Injectable()
export class ProviderSecrets {
  private readonly statuses = new LRUCache<string, SecretStatus>({ max: MAX_CACHED_STATUSES });

  constructor(
    private readonly crypto: CryptoService,
    private readonly sealer: AdvancedJsonSealer,
  ) {}

  /** Seals a new key into the row and increments its version. Throws 422 for the prefix of the stored key. */
  async setApiKey(provider: Provider, apiKey: string): Promise<void> {
    if (apiKey === provider.keyPrefix) throw apiKeyIsPrefix();
    provider.secretVersion += 1;
    const sealed = await this.crypto.seal(apiKey, context(provider));
    provider.sealedApiKey = sealed.text;
    provider.encryptionKeyId = sealed.keyId;
    provider.keyPrefix = keyPrefix(apiKey);
    this.statuses.set(identityOf(provider), 'ok');
  }

  async setAdvancedJson(provider: Provider, value: JsonObject | null): Promise<void> {
    Object.assign(provider, await this.sealer.seal(value, rowOf(provider), provider));
  }

  /** Returns whether the key can be opened. Never throws, so one corrupt row cannot fail a list. */
  async getStatus(provider: Provider): Promise<SecretStatus> {
    const identity = identityOf(provider);
    const cached = this.statuses.get(identity);
    if (cached) return cached;
    try {
      await this.openApiKey(provider);
      this.statuses.set(identity, 'ok');
      return 'ok';
    } catch (error) {
      // Other errors may be temporary.
      if (error instanceof SecretUndecryptableError) this.statuses.set(identity, 'undecryptable');
      return 'undecryptable';
    }
  }

  /**
   * Returns what an upstream call needs, with secrets in clear text; do not keep it after the call. The top-level keys of
   * the model's configuration override those of the provider's. Throws 409 when a secret cannot be opened or a stored
   * configuration is corrupt.
   */
  async openTarget(provider: SealedProvider, model: SealedModel | null = null): Promise<UpstreamTarget> {
    return openOrConflict(this.open(provider, model));
  }

  private async open(provider: SealedProvider, model: SealedModel | null): Promise<UpstreamTarget> {
    const ofProvider = await this.configuration(rowOf(provider), provider);
    const ofModel = model
      ? await this.configuration(
          { accountId: model.accountId, table: 'provider_models', id: model.id },
          model,
        )
      : {};
    return {
      accountId: provider.accountId,
      kind: provider.provider,
      baseUrl: provider.baseUrl,
      apiKey: await this.openApiKey(provider),
      openaiApiMode: provider.openaiApiMode,
      advancedJson: { ...ofProvider, ...ofModel, ...selectProviderSettings(ofProvider) },
    };
  }

  private configuration(
    row: SealedRow,
    { advancedJson, ...headers }: SealedHeaders & { readonly advancedJson: JsonObject | null | undefined },
  ): Promise<JsonObject> {
    if (advancedJson === undefined) throw configurationUnreadable();
    return this.sealer.open(row, { advancedJson, ...headers });
  }

  private openApiKey(provider: SealedProvider): Promise<string> {
    return this.crypto.open(provider.sealedApiKey as SealedText, context(provider));
  }
}

/** The sealed key and everything it is bound to. An older sealed key that was restored manually no longer opens. */
function identityOf({ accountId, id, secretVersion, sealedApiKey }: Provider): string {
  return [accountId, id, secretVersion, sealedApiKey].join(' ');
}

function context({ id, accountId, secretVersion }: SealedProvider): SealContext {
  const { purpose, table, field } = API_KEY_COLUMN;
  return { purpose, accountId, table, rowId: id, field, version: secretVersion };
}

function rowOf({ id, accountId }: SealedProvider): SealedRow {
  return { accountId, table: 'providers', id };
}
