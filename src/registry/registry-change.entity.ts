import { Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { Account } from '../accounts/account.entity';
import { counterColumn, idColumn } from '../database/portable-columns';

/** What a change touched: one provider, one model, or (an import) many models under one provider. */
export type ChangedKind = 'provider' | 'model' | 'models_of_provider';

/** Which row a revision touched, so that others need not read the whole registry to follow. */
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
