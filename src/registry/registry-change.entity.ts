import { Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Account } from '../accounts/account.entity';
import { counterColumn, idColumn } from '../database/portable-columns';

/** `models_of_provider` stands for many models under one provider, as an import creates. */
export type ChangedKind = 'provider' | 'model' | 'models_of_provider';

/** A row that a revision changed. Replicas read the changed rows instead of the whole registry. */
@Entity('registry_changes')
export class RegistryChange {
  @PrimaryColumn({ name: 'account_id', ...idColumn })
  accountId!: string;

  @ManyToOne(() => Account, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'account_id', foreignKeyConstraintName: 'fk_registry_changes_account' })
  account?: Account;

  @PrimaryColumn(counterColumn)
  revision!: number;

  @PrimaryColumn({ name: 'resource_id', ...idColumn })
  resourceId!: string;

  @PrimaryColumn({ type: 'varchar', length: 20 })
  kind!: ChangedKind;
}
