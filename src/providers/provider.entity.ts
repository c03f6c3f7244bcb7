import { Column, Entity, Index, JoinColumn, ManyToOne, OneToMany, PrimaryColumn } from 'typeorm';
import { Account } from '../accounts/account.entity';
import type { JsonObject } from '../common/json-object';
import {
  digestColumn,
  flagColumn,
  idColumn,
  jsonObjectColumn,
  timestampColumn,
} from '../database/portable-columns';
import { ProviderModel } from '../models/provider-model.entity';
import type { ProviderKind } from '../upstream/base-url';
import type { Protocol } from '../upstream/protocol';
import type { OpenaiApiMode } from '../upstream/upstream-target';

/** Access to an LLM vendor: its kind, sealed API key, base URL and configuration. */
@Entity('providers')
@Index('uq_providers_name', ['accountId', 'nameKey'], { unique: true })
export class Provider {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column({ name: 'account_id', ...idColumn })
  accountId!: string;

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'fk_providers_account' })
  account?: Account;

  /** As sent, in NFC. The first part of selectors. */
  @Column({ type: 'varchar', length: 200 })
  name!: string;

  /** {@link identityKey} of the name, unique in the account. */
  @Column({ name: 'name_key', ...digestColumn })
  nameKey!: string;

  @Column({ type: 'varchar', length: 16 })
  provider!: ProviderKind;

  /** False: its models are never candidates. */
  @Column({ ...flagColumn, default: true })
  enabled!: boolean;

  @Column({ name: 'sealed_api_key', type: 'mediumtext' })
  sealedApiKey!: string;

  /** The encryption key that seals the API key. */
  @Column({ name: 'encryption_key_id', type: 'varchar', length: 64 })
  encryptionKeyId!: string;

  @Column({ name: 'secret_version', type: 'int' })
  secretVersion!: number;

  @Column({ name: 'key_prefix', type: 'varchar', length: 8 })
  keyPrefix!: string;

  @Column({ name: 'base_url', type: 'varchar', length: 2048, nullable: true })
  baseUrl!: string | null;

  /** The token that last set or confirmed `base_url`. Null when no token has. */
  @Column({ name: 'base_url_set_by', ...idColumn, nullable: true })
  baseUrlSetBy!: string | null;

  @Column({ name: 'openai_api_mode', type: 'varchar', length: 20, nullable: true })
  openaiApiMode!: OpenaiApiMode | null;

  /** `openai_chat_completions` when the mode is `auto` and the last test of a model found no other. Otherwise null. */
  @Column({ name: 'learned_protocol', type: 'varchar', length: 24, nullable: true })
  learnedProtocol!: Protocol | null;

  /** Undefined when the stored JSON is corrupt. */
  @Column({ name: 'advanced_json', ...jsonObjectColumn, nullable: true })
  advancedJson!: JsonObject | null | undefined;

  @Column({ name: 'sealed_headers', type: 'mediumtext', nullable: true })
  sealedHeaders!: string | null;

  @Column({ name: 'headers_key_id', type: 'varchar', length: 64, nullable: true })
  headersKeyId!: string | null;

  @Column({ name: 'headers_version', type: 'int' })
  headersVersion!: number;

  /** The bytes of this row that count against QUOTA_REGISTRY_MB. */
  @Column({ name: 'stored_bytes', type: 'int', default: 0 })
  storedBytes!: number;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;

  @Column({ name: 'updated_at', ...timestampColumn })
  updatedAt!: string;

  /** Deleted with the provider, by foreign key. */
  @OneToMany(() => ProviderModel, (model) => model.provider, { cascade: true })
  models?: ProviderModel[];
}
