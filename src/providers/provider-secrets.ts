import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  AdvancedJsonSealer,
  type SealedHeaders,
  type SealedRow,
} from '../advanced-json/advanced-json-sealer';
import type { JsonObject } from '../common/json-object';
import { SecretUndecryptableError } from '../crypto/crypto.errors';
import { CryptoService } from '../crypto/crypto.service';
import type { SealContext } from '../crypto/seal-context';
import type { SealedColumn } from '../crypto/sealed-columns';
import type { SealedText } from '../crypto/sealed-text';
import { openedOrConflict } from '../crypto/secret-conflict';
import type { ProviderModel } from '../models/provider-model.entity';
import type { UpstreamTarget } from '../upstream/upstream-target';
import { keyPrefix } from './api-key-rules';
import type { Provider } from './provider.entity';
import { configurationUnreadable } from './provider.errors';

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

/** Remembered verdicts, so that a list does not open every seal each time. */
const MAX_REMEMBERED = 50_000;

/** The only place where a provider's key is sealed or opened. */
@Injectable()
export class ProviderSecrets {
  private readonly statuses = new LRUCache<string, SecretStatus>({ max: MAX_REMEMBERED });

  constructor(
    private readonly crypto: CryptoService,
    private readonly sealer: AdvancedJsonSealer,
  ) {}

  /** Seals a new key into the row, as its next version. */
  async setApiKey(provider: Provider, apiKey: string): Promise<void> {
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

  /** Whether the key opens. Never throws: one bad row must not break a list. */
  async status(provider: Provider): Promise<SecretStatus> {
    const seal = identityOf(provider);
    const known = this.statuses.get(seal);
    if (known) return known;
    try {
      await this.openApiKey(provider);
      this.statuses.set(seal, 'ok');
      return 'ok';
    } catch (error) {
      // Any other failure is of the moment.
      if (error instanceof SecretUndecryptableError) this.statuses.set(seal, 'undecryptable');
      return 'undecryptable';
    }
  }

  /**
   * What an upstream call needs, in clear: keep it no longer than the call. With a model its configuration is merged
   * over the provider's, by top-level key. 409 where a secret does not open or a configuration was spoilt by hand.
   */
  async target(provider: Provider, model: ProviderModel | null = null): Promise<UpstreamTarget> {
    return openedOrConflict(this.open(provider, model));
  }

  private async open(provider: Provider, model: ProviderModel | null): Promise<UpstreamTarget> {
    const own = await this.configuration(rowOf(provider), provider);
    const over = model
      ? await this.configuration(
          { accountId: model.accountId, table: 'provider_models', id: model.id },
          model,
        )
      : {};
    return {
      kind: provider.provider,
      baseUrl: provider.baseUrl,
      apiKey: await this.openApiKey(provider),
      openaiApiMode: provider.openaiApiMode,
      advancedJson: { ...own, ...over },
    };
  }

  private configuration(
    row: SealedRow,
    { advancedJson, ...headers }: SealedHeaders & { readonly advancedJson: JsonObject | null | undefined },
  ): Promise<JsonObject> {
    if (advancedJson === undefined) throw configurationUnreadable();
    return this.sealer.open(row, { advancedJson, ...headers });
  }

  private openApiKey(provider: Provider): Promise<string> {
    return this.crypto.open(provider.sealedApiKey as SealedText, context(provider));
  }
}

/** A seal and all that it is bound to: an older one put back was good once, and is not any more. */
function identityOf({ accountId, id, secretVersion, sealedApiKey }: Provider): string {
  return [accountId, id, secretVersion, sealedApiKey].join(' ');
}

function context({ id, accountId, secretVersion }: Provider): SealContext {
  const { purpose, table, field } = API_KEY_COLUMN;
  return { purpose, accountId, table, rowId: id, field, version: secretVersion };
}

function rowOf({ id, accountId }: Provider): SealedRow {
  return { accountId, table: 'providers', id };
}
