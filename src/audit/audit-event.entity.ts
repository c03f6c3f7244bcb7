import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { idColumn, jsonObjectColumn, timestampColumn } from '../database/portable-columns';

/** The changes by field. Secrets are `"***"` on both sides. */
export type FieldChanges = Record<string, { before: unknown; after: unknown }>;

/** A change, recorded in its own transaction. Audit events are never updated. */
@Entity('audit_events')
@Index('ix_audit_events_account', ['accountId', 'id', 'storedBytes'])
@Index('ix_audit_events_at', ['at'])
export class AuditEvent {
  @PrimaryColumn(idColumn)
  id!: string;

  @Column({ name: 'account_id', ...idColumn })
  accountId!: string;

  @Column({ ...timestampColumn })
  at!: string;

  /** Null for Caret itself, the command line, several tokens, and requests whose token was not valid. */
  @Column({ name: 'token_id', ...idColumn, nullable: true })
  tokenId!: string | null;

  @Column({ name: 'token_name', type: 'varchar', length: 200 })
  tokenName!: string;

  /** One of `AUDIT_ACTIONS`, or an action of an older version. */
  @Column({ type: 'varchar', length: 64 })
  action!: string;

  @Column({ name: 'resource_type', type: 'varchar', length: 32 })
  resourceType!: string;

  /** Empty if the resource has no id. */
  @Column({ name: 'resource_id', ...idColumn })
  resourceId!: string;

  @Column({ name: 'resource_name', type: 'varchar', length: 713, default: '' })
  resourceName!: string;

  /** Undefined if the stored JSON is corrupt. */
  @Column(jsonObjectColumn)
  changes!: FieldChanges | undefined;

  @Column({ name: 'trace_id', type: 'varchar', length: 128 })
  traceId!: string;

  /** The bytes of all other columns, which count against AUDIT_MAX_MB. */
  @Column({ name: 'stored_bytes', type: 'int', default: 0 })
  storedBytes!: number;
}
