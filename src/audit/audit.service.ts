import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids';
import { timestamp } from '../common/timestamp';
import type { AuditEvent, FieldChanges } from './audit-event.entity';
import { AuditRepository } from './audit.repository';

/** Who acts: a token, or the command line (`tokenId` null). */
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

/** Writes audit events. Call it within the change's unit of work: the two commit together or not at all. */
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
      changes,
      traceId: actor.traceId,
    });
  }

  list(accountId: string, before: string | null, limit: number): Promise<AuditEvent[]> {
    return this.events.list(accountId, before, limit);
  }
}

/** The fields that differ between two representations; either may be absent (created, deleted). */
export function fieldChanges(before: object | null, after: object | null): FieldChanges {
  const old = new Map<string, unknown>(Object.entries(before ?? {}));
  const current = new Map<string, unknown>(Object.entries(after ?? {}));
  const changes: FieldChanges = {};
  for (const field of new Set([...old.keys(), ...current.keys()])) {
    const [was, is] = [old.get(field) ?? null, current.get(field) ?? null];
    if (JSON.stringify(was) !== JSON.stringify(is)) changes[field] = { before: was, after: is };
  }
  return changes;
}
