import { Column, Entity, PrimaryColumn } from 'typeorm';
import { timestampColumn } from '../database/portable-columns';
import type { SealedText } from './sealed-text';

/** A known text, sealed once under each key of this database. It proves that a key id still has the same key. */
@Entity('key_canaries')
export class KeyCanary {
  @PrimaryColumn({ name: 'key_id', type: 'varchar', length: 64 })
  keyId: string;

  @Column({ name: 'sealed', type: 'mediumtext' })
  sealed: SealedText;

  @Column({ name: 'created_at', ...timestampColumn })
  createdAt: string;

  /** When Caret first started without the key. Null while the key is configured. */
  @Column({ name: 'retired_at', ...timestampColumn, nullable: true })
  retiredAt: string | null;
}
