import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import {
  digestColumn,
  flagColumn,
  idColumn,
  jsonObjectColumn,
  jsonTextsColumn,
  timestampColumn,
} from '../database/portable-columns';
import type { TokenTags } from './token-tags';

/** A bearer token. The table stores only keyed hashes of its secrets. */
@Entity('api_tokens')
@Index('ix_api_tokens_account_id', ['accountId', 'id'])
@Index('ix_api_tokens_expires', ['expiresAt'])
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

  /** Space-separated (RFC 6749, section 3.3). */
  @Column({ type: 'varchar', length: 255 })
  scopes!: string;

  @Column({ name: 'secret_hmac', ...digestColumn })
  secretHmac!: string;

  /** The secret before the last rotation. It is valid until `previousValidUntil`. */
  @Column({ name: 'previous_secret_hmac', ...digestColumn, nullable: true })
  previousSecretHmac!: string | null;

  @Column({ name: 'previous_valid_until', ...timestampColumn, nullable: true })
  previousValidUntil!: string | null;

  /** `custom`: the operator chose the token (BOOTSTRAP_TOKEN), so it does not contain its id. */
  @Column({ type: 'varchar', length: 10 })
  format!: 'caret' | 'custom';

  @Column({ name: 'expires_at', ...timestampColumn, nullable: true })
  expiresAt!: string | null;

  /** The selectors of the models that the token may use. Null: all. Undefined when the stored JSON is corrupt. */
  @Column({ name: 'allowed_selectors', ...jsonTextsColumn, nullable: true })
  allowedSelectors!: string[] | null | undefined;

  /** Null: none. Undefined when the stored JSON is corrupt. */
  @Column({ ...jsonObjectColumn, nullable: true })
  tags!: TokenTags | null | undefined;

  /** Whether the `x-caret-*` headers of its requests apply. */
  @Column({ name: 'caret_headers', ...flagColumn, default: true })
  caretHeaders!: boolean;

  @Column({ name: 'last_used_at', ...timestampColumn, nullable: true })
  lastUsedAt!: string | null;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;
}
