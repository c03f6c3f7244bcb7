import { Account } from '../accounts/account.entity';
import { sealedHeadersColumn } from '../advanced-json/advanced-json-sealer';
import { AuditEvent } from '../audit/audit-event.entity';
import { KeyCanary } from '../crypto/key-canary.entity';
import type { SealedColumn } from '../crypto/sealed-columns';
import { ServerSecret } from '../crypto/server-secret.entity';
import type { DatabaseSchema } from '../database/create-data-source';
import { InitialSchema1764000000000 } from '../database/migrations/1764000000000-initial-schema';
import { RegistryChanges1765000000000 } from '../database/migrations/1765000000000-registry-changes';
import { AccountUsage1766000000000 } from '../database/migrations/1766000000000-account-usage';
import { BaseUrlOwner1766100000000 } from '../database/migrations/1766100000000-base-url-owner';
import { BoundedTables1766200000000 } from '../database/migrations/1766200000000-bounded-tables';
import { TokenRetention1766300000000 } from '../database/migrations/1766300000000-token-retention';
import { IdempotencyKeyToken1766400000000 } from '../database/migrations/1766400000000-idempotency-key-token';
import { AuditEventBytes1766500000000 } from '../database/migrations/1766500000000-audit-event-bytes';
import { ExistingStoredBytes1766600000000 } from '../database/migrations/1766600000000-existing-stored-bytes';
import { NamesAndPrices1767000000000 } from '../database/migrations/1767000000000-names-and-prices';
import { UpstreamLimits1767100000000 } from '../database/migrations/1767100000000-upstream-limits';
import { UsageLedger1767200000000 } from '../database/migrations/1767200000000-usage-ledger';
import { TokenAccess1767300000000 } from '../database/migrations/1767300000000-token-access';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity';
import { IdempotencyResponsePart } from '../idempotency/idempotency-response-part.entity';
import { ModelPrice } from '../models/model-price.entity';
import { ProviderModelName } from '../models/provider-model-name.entity';
import { ProviderModel } from '../models/provider-model.entity';
import { API_KEY_COLUMN } from '../providers/provider-secrets';
import { Provider } from '../providers/provider.entity';
import { RegistryChange } from '../registry/registry-change.entity';
import { ApiToken } from '../tokens/api-token.entity';

/** Every entity, and every migration in order. A test fails if they do not match. */
export const schema: DatabaseSchema = {
  entities: [
    Account,
    ApiToken,
    AuditEvent,
    IdempotencyKey,
    IdempotencyResponsePart,
    KeyCanary,
    ModelPrice,
    Provider,
    ProviderModel,
    ProviderModelName,
    RegistryChange,
    ServerSecret,
  ],
  migrations: [
    InitialSchema1764000000000,
    RegistryChanges1765000000000,
    AccountUsage1766000000000,
    BaseUrlOwner1766100000000,
    BoundedTables1766200000000,
    TokenRetention1766300000000,
    IdempotencyKeyToken1766400000000,
    AuditEventBytes1766500000000,
    ExistingStoredBytes1766600000000,
    NamesAndPrices1767000000000,
    UpstreamLimits1767100000000,
    UsageLedger1767200000000,
    TokenAccess1767300000000,
  ],
};

/** Every sealed column of these entities. */
export const sealedColumns: readonly SealedColumn[] = [
  API_KEY_COLUMN,
  sealedHeadersColumn('providers'),
  sealedHeadersColumn('provider_models'),
];
