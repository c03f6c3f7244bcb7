import { DataSource } from 'typeorm';
import { type DocumentApp, startDocumentApp } from '../../support/app/document-app';
import type { Json } from '../../support/clients/api-client';
import { accountRows } from '../../support/database/stored-rows';
import {
  DOCUMENT,
  type GuardedOperation,
  guardedOperations,
  type Ids,
  resolveReference,
} from '../../support/openapi/guarded-operations';

const OPERATIONS = guardedOperations().filter(({ fields }) => fields !== null);

/** Values of each JSON type, including numbers and booleans as text. */
const VALUES: readonly (readonly [type: string, value: unknown])[] = [
  ['null', null],
  ['boolean', true],
  ['number', 0],
  ['number', 1],
  ['number', 1.5],
  ['string', ''],
  ['string', '5'],
  ['string', 'true'],
  ['array', []],
  ['array', [1]],
  ['object', {}],
  ['object', { 0: 'a' }],
];

/** The errors that a response reports. */
const MAX_ERRORS = 100;

/** Every field of any response. */
const SHOWN = new Set(
  Object.values<Json>(DOCUMENT.components.schemas).flatMap(({ properties = {} }) => Object.keys(properties)),
);

describe('the fields of', () => {
  let service: DocumentApp;
  let ids: Ids;

  beforeAll(async () => {
    service = await startDocumentApp();
    ids = await service.populate(service.app.api);
  });
  afterAll(() => service.stop());

  const send = (operation: GuardedOperation, body: unknown) =>
    service.app.api.request(operation.method, operation.path(ids), body);

  /** Sends up to 100 members in one request, because the error reports so many invalid members. */
  async function expectInvalid(operation: GuardedOperation, members: Readonly<Record<string, unknown>>) {
    const entries = Object.entries(members);
    if (entries.length > MAX_ERRORS)
      await expectInvalid(operation, Object.fromEntries(entries.splice(MAX_ERRORS)));
    await expectAllInvalid(operation, Object.fromEntries(entries));
  }

  async function expectAllInvalid(operation: GuardedOperation, members: Readonly<Record<string, unknown>>) {
    const example: Json = operation.body(ids);
    const { status, body } = await send(operation, { ...example, ...members });
    const pointers: string[] = (body?.errors ?? []).map(({ pointer }: Json) => pointer);
    const reported = new Set(pointers.map((pointer) => pointer.split('/')[1]));
    const unreported = Object.keys(members).filter((name) => !reported.has(name));
    expect({ members, status, unreported }).toEqual({ members, status: 422, unreported: [] });
  }

  /** Names of columns and response fields that no caller may write. */
  function foreignNames({ fields }: GuardedOperation): string[] {
    const { entityMetadatas } = service.app.app.get(DataSource);
    const columns = entityMetadatas.flatMap((entity) => entity.columns);
    const names = columns.flatMap(({ databaseName, propertyName }) => [databaseName, propertyName]);
    return [...new Set([...names, ...SHOWN])].filter((name) => !Object.hasOwn(fields!, name));
  }

  it('every operation with a body are covered, with names that the server owns', () => {
    expect(OPERATIONS.length).toBeGreaterThanOrEqual(11);
    for (const operation of OPERATIONS) {
      const own = [
        'id',
        'account_id',
        'created_at',
        'key_prefix',
        'secret_status',
        'revision',
        'secret_hmac',
      ];
      expect(foreignNames(operation)).toEqual(expect.arrayContaining(own));
    }
  });

  describe.each(OPERATIONS.map((operation) => [operation.id, operation] as const))('%s', (_id, operation) => {
    it('are those of the document, so that no caller sets a field of the server', async () => {
      const before = await accountRows(service.app.database);
      const names = foreignNames(operation);
      await expectInvalid(operation, Object.fromEntries(names.map((name) => [name, ids['provider_id']!])));
      expect(await accountRows(service.app.database)).toBe(before);
    });

    it('reject values of other types', async () => {
      const before = await accountRows(service.app.database);
      const fields = Object.entries(operation.fields!).map(
        ([name, schema]) => [name, typesOf(schema)] as const,
      );
      expect(fields.filter(([, types]) => types.length === 0)).toEqual([]);
      for (const [type, value] of VALUES) {
        const wrong = fields.filter(([, types]) => !fits(type, value, types));
        if (wrong.length > 0)
          await expectInvalid(operation, Object.fromEntries(wrong.map(([name]) => [name, value])));
      }
      expect(await accountRows(service.app.database)).toBe(before);
    });

    it('reject values beyond their limits', async () => {
      const before = await accountRows(service.app.database);
      for (const [name, schema] of Object.entries(operation.fields!)) {
        for (const value of beyond(resolveReference(schema)))
          await expectInvalid(operation, { [name]: value });
      }
      expect(await accountRows(service.app.database)).toBe(before);
    });
  });
});

/** Returns the JSON types that a schema allows. */
function typesOf(schema: Json): string[] {
  const { type, oneOf = [], anyOf = [] } = resolveReference(schema);
  return [type ?? [], ...[...oneOf, ...anyOf].map(typesOf)].flat();
}

function fits(type: string, value: unknown, allowed: readonly string[]): boolean {
  return allowed.includes(type) || (allowed.includes('integer') && Number.isInteger(value));
}

/** Returns values of the right type beyond the schema's limits. */
function beyond({
  minimum,
  maximum,
  minLength,
  maxLength,
  minItems,
  maxItems,
  enum: choices,
}: Json): unknown[] {
  const values: unknown[] = [];
  if (minimum !== undefined) values.push(minimum - 1);
  if (maximum !== undefined) values.push(maximum + 1, 1e21);
  if (minLength === 1) values.push('');
  if (maxLength !== undefined) values.push('x'.repeat(maxLength + 1));
  if (minItems === 1) values.push([]);
  if (maxItems !== undefined)
    values.push(Array.from({ length: maxItems + 1 }, (_each, index) => `x${index}`));
  if (choices) values.push('none of them', 'toString', '__proto__');
  return values;
}
