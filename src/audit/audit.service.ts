import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids';
import { timestamp } from '../common/timestamp';
import type { AuditEvent, FieldChanges } from './audit-event.entity';
import { AuditRepository } from './audit.repository';
import { boundChanges } from './bounded-changes';

/** The actor of a change: a token, or the command line or first start (`tokenId` is null). */
export interface Actor {
  readonly accountId: string;
  readonly tokenId: string | null;
  readonly tokenName: string;
  readonly traceId: string;
}

export interface AuditedChange {
  readonly action: string;
  readonly resource: { readonly type: string; readonly id: string; readonly name: string };
  readonly changes: FieldChanges;
}

/** Records audit events of bounded size. Call it inside the unit of work of the change, so that both commit or neither does. */
@Injectable()
export class AuditService {
  constructor(private readonly events: AuditRepository) {}

  async record(actor: Actor, { action, resource, changes }: AuditedChange): Promise<void> {
    await this.events.insert({
      id: newId(),
      accountId: actor.accountId,
      at: timestamp(),
      tokenId: actor.tokenId,
      tokenName: actor.tokenName,
      action,
      resourceType: resource.type,
      resourceId: resource.id,
      resourceName: resource.name,
      changes: boundChanges(changes),
      traceId: actor.traceId,
    });
  }

  list(accountId: string, before: string | null, limit: number): Promise<AuditEvent[]> {
    return this.events.list(accountId, before, limit);
  }
}

/** Returns the fields that differ. `before` is null for a creation, `after` is null for a deletion. */
export function diffFields(before: object | null, after: object | null): FieldChanges {
  const oldFields = new Map<string, unknown>(Object.entries(before ?? {}));
  const newFields = new Map<string, unknown>(Object.entries(after ?? {}));
  const changes: FieldChanges = {};
  for (const field of new Set([...oldFields.keys(), ...newFields.keys()])) {
    const [oldValue, newValue] = [oldFields.get(field) ?? null, newFields.get(field) ?? null];
    if (JSON.stringify(oldValue) === JSON.stringify(newValue)) continue;
    changes[field] = { before: oldValue, after: newValue };
  }
  return changes;
}
