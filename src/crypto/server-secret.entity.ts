import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timestampColumn } from '../database/portable-columns';
import type { SealedText } from './sealed-text';

/** A random secret of this installation, sealed under the key ring. Replicas share it through the database. */
@Entity('server_secrets')
export class ServerSecret {
  @PrimaryColumn({ name: 'name', type: 'varchar', length: 64 })
  name: string;

  @Column({ name: 'sealed_value', type: 'mediumtext' })
  sealedValue: SealedText;

  @Column({ name: 'key_id', type: 'varchar', length: 64 })
  keyId: string;

  @Column({ name: 'version', type: 'int' })
  version: number;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt: string;
}
