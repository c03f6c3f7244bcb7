import { Inject, Injectable } from '@nestjs/common';
import { timestamp } from '../common/timestamp';
import { KeyRingError, SecretUndecryptableError } from './crypto.errors';
import { openEnvelope, sealEnvelope } from './envelope';
import type { KeyCanary } from './key-canary.entity';
import { KeyCanaryRepository } from './key-canary.repository';
import { KeyEvents } from './key-events';
import { KEY_PROVIDER, type KeyProvider } from './key-provider';
import type { SealContext } from './seal-context';
import { SealedColumnRepository } from './sealed-column.repository';
import { SealedColumns } from './sealed-columns';
import { ServerSecretService } from './server-secret.service';

const CANARY_TEXT = 'caret key canary';
const HOW_TO_RESTORE_A_KEY = 'Put the original key back into ENCRYPTION_KEYS or the key file.';

/** Proves at start that the configured keys belong to this database, before Caret seals or serves anything. */
@Injectable()
export class KeyCheckService {
  private verified = false;

  constructor(
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
    private readonly canaries: KeyCanaryRepository,
    private readonly columns: SealedColumns,
    private readonly values: SealedColumnRepository,
    private readonly serverSecret: ServerSecretService,
    private readonly events: KeyEvents,
  ) {}

  /**
   * Checks a migrated database before the first request. Every key in use must be configured, and every configured key
   * must open its canary. A new key gets a canary. Records new and retired keys in the audit log. Also loads the
   * server's secret. Throws {@link KeyRingError}.
   */
  async verify(): Promise<void> {
    await this.rejectMissingKeys();
    const canaries = new Map((await this.canaries.findAll()).map((canary) => [canary.keyId, canary]));
    const configured = this.provider.knownKeyIds;
    for (const keyId of configured) {
      const canary = canaries.get(keyId);
      if (canary) await rejectForeignKey(() => openCanary(this.provider, canary));
    }
    // Before canaries are created, so that a wrong key without a canary does not get one.
    await rejectForeignKey(() => this.serverSecret.load());
    for (const keyId of configured.filter((candidate) => !canaries.has(candidate))) {
      const canary = await this.createCanary(keyId);
      await rejectForeignKey(() => openCanary(this.provider, canary));
    }
    await this.recordRetired([...canaries.values()]);
    this.verified = true;
  }

  /**
   * Whether {@link verify} has passed and the active key still opens its canary. Reads one row by primary key, for
   * readiness. Throws if the database or the key provider is unavailable.
   */
  async isHealthy(): Promise<boolean> {
    if (!this.verified) return false;
    const canary = await this.canaries.find(this.provider.activeKeyId);
    if (!canary) return false;
    try {
      await openCanary(this.provider, canary);
      return true;
    } catch (error) {
      if (error instanceof SecretUndecryptableError) return false;
      throw error;
    }
  }

  private async rejectMissingKeys(): Promise<void> {
    for (const column of this.columns.all) {
      for (const { keyId, rows } of await this.values.countByKey(column)) {
        if (this.provider.knownKeyIds.includes(keyId)) continue;
        const place = `${column.table}.${column.sealedColumn}`;
        throw new KeyRingError(
          `The encryption key '${keyId}' is in use (${place}, ${rows === 1 ? '1 row' : `${rows} rows`}) but is not configured. ${HOW_TO_RESTORE_A_KEY}`,
        );
      }
    }
  }

  private async createCanary(keyId: string): Promise<KeyCanary> {
    const sealed = await sealEnvelope(this.provider, keyId, CANARY_TEXT, contextOf(keyId));
    return this.canaries.insertOrFind({ keyId, sealed, createdAt: timestamp(), retiredAt: null }, () =>
      this.events.record({ action: 'key.add', keyId }, null),
    );
  }

  /** Records each key that is no longer configured, and each retired one that is configured again, once. */
  private async recordRetired(canaries: readonly KeyCanary[]): Promise<void> {
    for (const { keyId, retiredAt } of canaries) {
      const isConfigured = this.provider.knownKeyIds.includes(keyId);
      if (isConfigured === (retiredAt === null)) continue;
      await this.canaries.setRetired(keyId, isConfigured ? null : timestamp(), () =>
        this.events.record({ action: isConfigured ? 'key.add' : 'key.retire', keyId }, null),
      );
    }
  }
}

/** Throws {@link SecretUndecryptableError} if the provider's key of this id is not the one that sealed the canary. */
export async function openCanary(
  provider: KeyProvider,
  { keyId, sealed }: Pick<KeyCanary, 'keyId' | 'sealed'>,
): Promise<void> {
  // The context contains the key id, so a canary that was copied from another key does not open.
  await openEnvelope(provider, sealed, contextOf(keyId));
}

/** Rethrows the errors of an unavailable provider, because they do not prove that the key is wrong. */
async function rejectForeignKey(open: () => Promise<void>): Promise<void> {
  try {
    await open();
  } catch (error) {
    if (!(error instanceof SecretUndecryptableError)) throw error;
    throw new KeyRingError(
      `The encryption key '${error.keyId}' is not the key this database was sealed with. ${HOW_TO_RESTORE_A_KEY}`,
    );
  }
}

function contextOf(keyId: string): SealContext {
  return {
    purpose: 'key-canary',
    accountId: null,
    table: 'key_canaries',
    rowId: keyId,
    field: 'sealed',
    version: 1,
  };
}
