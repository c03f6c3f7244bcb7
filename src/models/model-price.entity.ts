import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { decimalColumn, idColumn, timestampColumn } from '../database/portable-columns';
import type { PriceSheet, PriceSource } from '../pricing/price-sheet';
import { sheetColumn } from './stored-sheet';

/** The prices of a model during a period. Outlives its model, because other records refer to it by id. */
@Entity('model_prices')
@Index('ix_model_prices_model', ['accountId', 'modelId', 'validFrom'])
@Index('ix_model_prices_past', ['accountId', 'validUntil'])
export class ModelPrice {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column({ name: 'account_id', ...idColumn })
  accountId!: string;

  @ManyToOne('Account', { onDelete: 'CASCADE', onUpdate: 'NO ACTION' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'fk_model_prices_account' })
  account?: object;

  /** Not a foreign key, because the model may be deleted. */
  @Column({ name: 'model_id', ...idColumn })
  modelId!: string;

  @Column({ name: 'valid_from', ...timestampColumn })
  validFrom!: string;

  /** When the next price replaced this one, or the model was deleted. Null while it is in force. */
  @Column({ name: 'valid_until', ...timestampColumn, nullable: true })
  validUntil!: string | null;

  @Column({ ...decimalColumn })
  multiplier!: number;

  @Column({ name: 'cost_per_1k_input', ...decimalColumn, nullable: true })
  costPer1kInput!: number | null;

  @Column({ name: 'cost_per_1k_output', ...decimalColumn, nullable: true })
  costPer1kOutput!: number | null;

  @Column({ name: 'cost_per_1k_cache_write', ...decimalColumn, nullable: true })
  costPer1kCacheWrite!: number | null;

  @Column({ name: 'cost_per_1k_cache_read', ...decimalColumn, nullable: true })
  costPer1kCacheRead!: number | null;

  /** Undefined when the stored JSON is corrupt. */
  @Column(sheetColumn)
  pricing!: PriceSheet | null | undefined;

  @Column({ type: 'varchar', length: 16 })
  source!: PriceSource;

  /** The token that set the price. Null for prices from before the history. */
  @Column({ name: 'token_id', ...idColumn, nullable: true })
  tokenId!: string | null;

  @Column({ name: 'token_name', type: 'varchar', length: 200 })
  tokenName!: string;

  @Column({ name: 'stored_bytes', type: 'int' })
  storedBytes!: number;
}
