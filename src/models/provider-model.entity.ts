import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { JsonObject } from '../common/json-object';
import {
  decimalColumn,
  digestColumn,
  flagColumn,
  idColumn,
  jsonObjectColumn,
  jsonTextsColumn,
  timestampColumn,
} from '../database/portable-columns';
import type { PriceSheet } from '../pricing/price-sheet';
import type { Protocol } from '../upstream/protocol';
import { sheetColumn } from './stored-sheet';

/** A model of a provider, with its routing settings and prices. */
@Entity('provider_models')
@Index('uq_provider_models_model', ['providerId', 'modelKey'], { unique: true })
@Index('uq_provider_models_default', ['defaultOf'], { unique: true })
@Index('ix_provider_models_account', ['accountId', 'providerId'])
export class ProviderModel {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column({ name: 'account_id', ...idColumn })
  accountId!: string;

  @Column({ name: 'provider_id', ...idColumn })
  providerId!: string;

  /** Names the entity by string, because providers/ imports models/. */
  @ManyToOne('Provider', 'models', { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'provider_id', foreignKeyConstraintName: 'fk_provider_models_provider' })
  provider?: object;

  /** The upstream's name, exactly as sent. */
  @Column({ type: 'varchar', length: 512, default: '' })
  model!: string;

  /** {@link foldedModelKey} of the name, unique under the provider. */
  @Column({ name: 'model_key', ...digestColumn })
  modelKey!: string;

  /** Other names that select the model. Null: none. */
  @Column({ ...jsonTextsColumn, nullable: true })
  aliases!: string[] | null | undefined;

  /** False: never a candidate. */
  @Column({ ...flagColumn, default: true })
  enabled!: boolean;

  @Column({ type: 'int' })
  priority!: number;

  /**
   * The provider's id on its default model, null on the others. Unique, so that concurrent writers cannot leave two
   * defaults.
   */
  @Column({ name: 'default_of', ...idColumn, nullable: true })
  defaultOf!: string | null;

  /** Undefined, here and below, when the stored JSON is corrupt. */
  @Column({ ...jsonTextsColumn })
  tags!: string[] | undefined;

  /** The routing rule. `{}` always matches. */
  @Column({ name: 'when_json', ...jsonObjectColumn })
  when!: JsonObject | undefined;

  @Column({ name: 'advanced_json', ...jsonObjectColumn })
  advancedJson!: JsonObject | undefined;

  @Column({ name: 'sealed_headers', type: 'mediumtext', nullable: true })
  sealedHeaders!: string | null;

  @Column({ name: 'headers_key_id', type: 'varchar', length: 64, nullable: true })
  headersKeyId!: string | null;

  @Column({ name: 'headers_version', type: 'int' })
  headersVersion!: number;

  @Column({ ...decimalColumn })
  multiplier!: number;

  /** US dollars per 1000 tokens. Null is unknown, 0 is free. */
  @Column({ name: 'cost_per_1k_input', ...decimalColumn, nullable: true })
  costPer1kInput!: number | null;

  @Column({ name: 'cost_per_1k_output', ...decimalColumn, nullable: true })
  costPer1kOutput!: number | null;

  @Column({ name: 'cost_per_1k_cache_write', ...decimalColumn, nullable: true })
  costPer1kCacheWrite!: number | null;

  @Column({ name: 'cost_per_1k_cache_read', ...decimalColumn, nullable: true })
  costPer1kCacheRead!: number | null;

  /** The price sheet, for what the four rates cannot say. Null: none. */
  @Column(sheetColumn)
  pricing!: PriceSheet | null | undefined;

  /**
   * What the last test of this model found in mode `auto`: `openai_chat_completions`, or `openai_responses` if the endpoint
   * was known to lack it. Null if neither.
   */
  @Column({ name: 'learned_protocol', type: 'varchar', length: 24, nullable: true })
  learnedProtocol!: Protocol | null;

  /** The bytes of this row that count against QUOTA_REGISTRY_MB. */
  @Column({ name: 'stored_bytes', type: 'int', default: 0 })
  storedBytes!: number;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;

  @Column({ name: 'updated_at', ...timestampColumn })
  updatedAt!: string;
}
