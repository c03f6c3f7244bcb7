import { Column, Entity, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, timestampColumn } from '../database/portable-columns';

/** The owner of tokens, providers and models. Deleting an account deletes all of them. */
@Entity('accounts')
export class Account {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column({ type: 'varchar', length: 200 })
  name!: string;

  /** Increases with each change of the account's providers and models, in the same transaction. */
  @Column(counterColumn)
  revision!: number;

  /** What the account stores, counted in the transaction of each write for its quotas. */
  @Column({ name: 'provider_count', ...counterColumn, default: 0 })
  providerCount!: number;

  @Column({ name: 'model_count', ...counterColumn, default: 0 })
  modelCount!: number;

  /** The sum of `stored_bytes` of the account's providers, models and idempotency keys. */
  @Column({ name: 'registry_bytes', ...counterColumn, default: 0 })
  registryBytes!: number;

  /** Increases with each creation under a quota and each deletion of a token, which serialises them. */
  @Column({ name: 'token_writes', ...counterColumn, default: 0 })
  tokenWrites!: number;

  /** The sum of `stored_bytes` of the account's prices that are no longer in force. */
  @Column({ name: 'past_price_bytes', ...counterColumn, default: 0 })
  pastPriceBytes!: number;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;
}
