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

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;
}
