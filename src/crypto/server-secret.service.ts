import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { timestamp } from '../common/timestamp';
import { databaseUnavailable } from '../database/database-errors';
import { openEnvelope, sealEnvelope } from './envelope';
import { KEY_PROVIDER, type KeyProvider } from './key-provider';
import { KEY_BYTES } from './key-ring';
import type { SealContext } from './seal-context';
import type { SealedColumn } from './sealed-columns';
import type { ServerSecret } from './server-secret.entity';
import { ServerSecretRepository } from './server-secret.repository';

const NAME = 'server';
const FIRST_VERSION = 1;

export const SERVER_SECRET_COLUMN: SealedColumn = {
  table: 'server_secrets',
  idColumn: 'name',
  accountColumn: null,
  sealedColumn: 'sealed_value',
  keyIdColumn: 'key_id',
  versionColumn: 'version',
  purpose: 'server-secret',
  field: 'value',
};

/**
 * One random 32-byte secret per database, from which every keyed hash derives. It is not a key of the ring: a rotation
 * re-seals it without changing its value, so tokens and cursors stay valid.
 */
@Injectable()
export class ServerSecretService {
  private secret: Buffer | null = null;

  constructor(
    private readonly secrets: ServerSecretRepository,
    @Inject(KEY_PROVIDER) private readonly provider: KeyProvider,
  ) {}

  /** Reads the secret, or creates it in a new database. Concurrent replicas get the same secret. */
  async load(): Promise<void> {
    const row = (await this.secrets.find(NAME)) ?? (await this.create());
    const encoded = await openEnvelope(this.provider, row.sealedValue, contextOf(row.version));
    this.secret = Buffer.from(encoded, 'base64url');
  }

  /** The 32 bytes. Throws 503 until {@link load} has succeeded, because the database was not reached yet. */
  get value(): Buffer {
    if (!this.secret) throw databaseUnavailable();
    return this.secret;
  }

  private async create(): Promise<ServerSecret> {
    const keyId = this.provider.activeKeyId;
    const value = randomBytes(KEY_BYTES).toString('base64url');
    const sealedValue = await sealEnvelope(this.provider, keyId, value, contextOf(FIRST_VERSION));
    const row = { name: NAME, sealedValue, keyId, version: FIRST_VERSION, createdAt: timestamp() };
    return this.secrets.insertOrFind(row);
  }
}

function contextOf(version: number): SealContext {
  const { purpose, table, field } = SERVER_SECRET_COLUMN;
  return { purpose, accountId: null, table, rowId: NAME, field, version };
}
