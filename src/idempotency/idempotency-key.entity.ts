import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { digestColumn, idColumn, timestampColumn } from '../database/portable-columns';

/** A use of an `Idempotency-Key`. The request is in flight while `status` is null. */
@Entity('idempotency_keys')
@Index('ix_idempotency_keys_created', ['createdAt'])
@Index('ix_idempotency_keys_account', ['accountId', 'createdAt', 'tokenId', 'status', 'storedBytes'])
export class IdempotencyKey {
  /** Keyed hash of the account, the method, the path and the key. */
  @PrimaryColumn(digestColumn)
  id!: string;

  @Column({ name: 'account_id', ...idColumn })
  accountId!: string;

  /** The token of the first request. Null for a key from before this column. */
  @Column({ name: 'token_id', ...idColumn, nullable: true })
  tokenId!: string | null;

  /** Keyed hash, because a body may contain an API key. */
  @Column({ name: 'body_hmac', ...digestColumn })
  bodyHmac!: string;

  /** The request that works on this key. Its claim expires at `claimedUntil`, for example after a crash. */
  @Column({ name: 'claimed_by', ...idColumn })
  claimedBy!: string;

  @Column({ name: 'claimed_until', ...timestampColumn })
  claimedUntil!: string;

  @Column({ type: 'int', nullable: true })
  status!: number | null;

  /** The response body, without fields that are shown only once. Null if it is stored in parts. */
  @Column({ type: 'mediumtext', nullable: true })
  response!: string | null;

  /** The bytes of the response, which count against QUOTA_REGISTRY_MB. */
  @Column({ name: 'stored_bytes', type: 'int', default: 0 })
  storedBytes!: number;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;
}
