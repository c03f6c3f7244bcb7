import { Column, Entity, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { digestColumn } from '../database/portable-columns';
import { IdempotencyKey } from './idempotency-key.entity';

/** A part of a compressed response that is too long for the row of its key. */
@Entity('idempotency_response_parts')
export class IdempotencyResponsePart {
  @PrimaryColumn({ name: 'key_id', ...digestColumn })
  keyId!: string;

  @PrimaryColumn({ type: 'int' })
  position!: number;

  /** Base64. */
  @Column({ type: 'mediumtext' })
  content!: string;

  @ManyToOne(() => IdempotencyKey, { onDelete: 'CASCADE', onUpdate: 'NO ACTION' })
  @JoinColumn({
    name: 'key_id',
    foreignKeyConstraintName: 'fk_idempotency_response_parts_key',
  })
  key?: object;
}
