import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { digestColumn, idColumn, timestampColumn } from '../database/portable-columns';

/** A bearer token. Only keyed hashes of its secrets are stored. */
@Entity('api_tokens')
@Index('ix_api_tokens_account', ['accountId'])
export class ApiToken {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column({ name: 'account_id', ...idColumn })
  accountId!: string;

  @ManyToOne('Account', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'fk_api_tokens_account' })
  account?: object;

  @Column({ type: 'varchar', length: 200 })
  name!: string;

  /** Space-separated, as in RFC 6749. */
  @Column({ type: 'varchar', length: 255 })
  scopes!: string;

  @Column({ name: 'secret_hmac', ...digestColumn })
  secretHmac!: string;

  /** The secret before the last rotation, good until `previousValidUntil`. */
  @Column({ name: 'previous_secret_hmac', ...digestColumn, nullable: true })
  previousSecretHmac!: string | null;

  @Column({ name: 'previous_valid_until', ...timestampColumn, nullable: true })
  previousValidUntil!: string | null;

  /** `custom`: chosen by the operator (BOOTSTRAP_TOKEN), so that the token does not name its own id. */
  @Column({ type: 'varchar', length: 10 })
  format!: 'caret' | 'custom';

  @Column({ name: 'expires_at', ...timestampColumn, nullable: true })
  expiresAt!: string | null;

  @Column({ name: 'last_used_at', ...timestampColumn, nullable: true })
  lastUsedAt!: string | null;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;
}
