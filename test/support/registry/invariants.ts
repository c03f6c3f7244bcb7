import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../clients/api-client';
import type { TestDatabase } from '../database/database';
import { type AccountCounters, countersOf, recountAccounts } from './account-counters';

interface Tables {
  readonly providers: Json[];
  readonly models: Json[];
  readonly events: Json[];
  readonly accounts: Json[];
  readonly changes: Json[];
  readonly idempotentResponses: Json[];
  /** What each account stores, counted from the rows. */
  readonly recounts: ReadonlyMap<string, AccountCounters>;
}

/** Each returns the ids that violate it. The change log must still have all its entries, so fewer than 4096. */
const INVARIANTS: Readonly<Record<string, (tables: Tables) => unknown[]>> = {
  'each provider and model has one creation event': ({ providers, models, events }) => {
    const created = counts(
      events.filter(({ action }) => /^(provider|model)\.create$/.test(action)),
      'resource_id',
    );
    return [...providers, ...models].map(({ id }) => id).filter((id) => created.get(id) !== 1);
  },
  'each created resource exists or was deleted': ({ providers, models, events }) => {
    const present = new Set([...providers, ...models].map(({ id }) => id));
    const deleted = new Set(
      events
        .filter(({ action }) => /^(provider|model)\.delete$/.test(action))
        .map((event) => event.resource_id),
    );
    return events
      .filter(({ action }) => /^(provider|model)\.create$/.test(action))
      .filter(({ resource_id, changes }) => {
        const parent = JSON.parse(changes).provider_id?.after;
        return !present.has(resource_id) && !deleted.has(resource_id) && !deleted.has(parent);
      })
      .map((event) => event.resource_id);
  },
  'no deleted resource exists': ({ providers, models, events }) => {
    const present = new Set([...providers, ...models].map(({ id }) => id));
    const deletions = events.filter(({ action }) => /^(provider|model)\.delete$/.test(action));
    return deletions.map((event) => event.resource_id).filter((id) => present.has(id));
  },
  'each model has its provider': ({ providers, models }) => {
    const ids = new Set(providers.map(({ id }) => id));
    return models.filter((model) => !ids.has(model.provider_id)).map(({ id }) => id);
  },
  'each provider with models has one default model': ({ models }) => {
    const defaults = counts(
      models.filter((model) => model.default_of === model.provider_id),
      'provider_id',
    );
    const strays = models.filter((model) => ![null, model.provider_id].includes(model.default_of));
    const without = models.filter((model) => defaults.get(model.provider_id) !== 1);
    return [...strays, ...without].map(({ id }) => id);
  },
  'the revision counts the logged changes': ({ accounts, changes }) =>
    accounts
      .filter(({ id, revision }) => {
        const logged = changes
          .filter((change) => change.account_id === id)
          .map((change) => Number(change.revision));
        return new Set(logged).size !== Number(revision) || Math.max(0, ...logged) !== Number(revision);
      })
      .map(({ id }) => id),
  "an account's counters match its rows": ({ accounts, recounts }) =>
    accounts.filter((account) => !isDeepStrictEqual(countersOf(account), recounts.get(account.id))),
  'each stored idempotent response names a created resource': ({ idempotentResponses, events }) => {
    const created = new Set(
      events.filter(({ action }) => action.endsWith('.create')).map((event) => event.resource_id),
    );
    return idempotentResponses
      .filter(({ response }) => !created.has(JSON.parse(response).id))
      .map(({ id }) => id);
  },
};

/** Returns the invariants that a crash or a lost response has broken, with ids. Does not cover imports. */
export async function brokenInvariants(database: TestDatabase): Promise<string[]> {
  const rows = (columns: string, table: string) => database.query<Json>(`SELECT ${columns} FROM ${table}`);
  const tables: Tables = {
    providers: await rows('id', 'providers'),
    models: await rows('id, provider_id, default_of', 'provider_models'),
    events: await rows('action, resource_id, changes', 'audit_events'),
    accounts: await rows('id, revision, provider_count, model_count, registry_bytes', 'accounts'),
    changes: await rows('account_id, revision', 'registry_changes'),
    idempotentResponses: await rows('id, response', 'idempotency_keys WHERE status = 201'),
    recounts: await recountAccounts(database),
  };
  return Object.entries(INVARIANTS)
    .map(([name, violations]) => ({ name, ids: violations(tables) }))
    .filter(({ ids }) => ids.length > 0)
    .map(({ name, ids }) => `not true: ${name}: ${ids.join(', ')}`);
}

function counts(rows: readonly Json[], column: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) found.set(row[column], (found.get(row[column]) ?? 0) + 1);
  return found;
}
