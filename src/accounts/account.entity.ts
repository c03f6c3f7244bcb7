import { Column, Entity, PrimaryColumn } from 'typeorm';
import { counterColumn, idColumn, timestampColumn } from '../database/portable-columns';

/** Who owns tokens, providers and models. Everything an account owns goes with it. */
@Entity('accounts')
export class Account {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column({ type: 'varchar', length: 200 })
  name!: string;

  /** Grows with every change of the account's providers and models, in the change's own transaction. */
  @Column(counterColumn)
  revision!: number;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt!: string;
}
