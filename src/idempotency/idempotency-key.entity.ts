import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { digestColumn, idColumn, timestampColumn } from '../database/portable-columns';

/** One use of an `Idempotency-Key`: in flight until it has a status. */
@Entity('idempotency_keys')
@Index('ix_idempotency_keys_created', ['createdAt'])
export class IdempotencyKey {
  /** Keyed hash of account, method, route and key. */
  @PrimaryColumn(digestColumn)
  id!: string;

  @Column({ name: 'account_id', ...idColumn })
  accountId!: string;

  /** Keyed hash, since a body may hold an API key. */
  @Column({ name: 'body_hmac', ...digestColumn })
  bodyHmac!: string;

  /** The claim of one request; it lapses, should its process die. */
  @Column({ name: 'claimed_by', ...idColumn })
  claimedBy!: string;

  @Column({ name: 'claimed_until', ...timestampColumn })
  claimedUntil!: string;

  @Column({ type: 'int', nullable: true })
  status!: number | null;

  /** The answer's body, less what is shown only once. */
  @Column({ type: 'mediumtext', nullable: true })
  response!: string | null;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;
}
