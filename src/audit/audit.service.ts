import { Injectable } from '@nestjs/common';
import { inBatches } from '../common/batches';
import { newId } from '../common/ids';
import { storedBytes } from '../common/stored-bytes';
import { timestamp } from '../common/timestamp';
import { UnitOfWork } from '../database/unit-of-work';
import type { AuditAction } from './audit-actions';
import type { AuditEvent, FieldChanges } from './audit-event.entity';
import { AuditRepository } from './audit.repository';
import { boundChanges } from './bounded-changes';

/** Rows per INSERT of an event in many accounts. */
const INSERT_BATCH = 500;

/** The actor of a change: a token, or Caret itself or the command line (`tokenId` is null). */
export interface Actor {
  readonly accountId: string;
  readonly tokenId: string | null;
  readonly tokenName: string;
  readonly traceId: string;
}

export interface AuditedChange {
  readonly action: AuditAction;
  /** The id is null if the resource has none, such as an encryption key. */
  readonly resource: { readonly type: string; readonly id: string | null; readonly name: string };
  readonly changes: FieldChanges;
}

/**
 * Records audit events of bounded size. Call it inside the unit of work of the change, so that both commit or neither
 * does.
 */
@Injectable()
export class AuditService {
  constructor(
    private readonly events: AuditRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async record(actor: Actor, change: AuditedChange): Promise<void> {
    await this.events.insert([toEvent(actor, change)]);
  }

  /** Records the same change in each account, all in one unit of work. */
  async recordInEach(
    accountIds: readonly string[],
    actor: Omit<Actor, 'accountId'>,
    change: AuditedChange,
  ): Promise<void> {
    await this.unitOfWork.run(() =>
      inBatches(accountIds, INSERT_BATCH, (batch) =>
        this.events.insert(batch.map((accountId) => toEvent({ ...actor, accountId }, change))),
      ),
    );
  }

  list(accountId: string, before: string | null, limit: number): Promise<AuditEvent[]> {
    return this.events.list(accountId, before, limit);
  }
}

function toEvent(actor: Actor, { action, resource, changes }: AuditedChange): AuditEvent {
  const event = {
    id: newId(),
    accountId: actor.accountId,
    at: timestamp(),
    tokenId: actor.tokenId,
    tokenName: actor.tokenName,
    action,
    resourceType: resource.type,
    resourceId: resource.id ?? '',
    resourceName: resource.name,
    changes: boundChanges(changes),
    traceId: actor.traceId,
  };
  return { ...event, storedBytes: storedBytes(...Object.values(event)) };
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
