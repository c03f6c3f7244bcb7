import { type DocumentApp, startDocumentApp } from '../../support/app/document-app';
import { type RawRequest, rawRequestBytes, sendRaw } from '../../support/clients/raw-http-client';
import { COSTLY_TEXTS } from '../../support/costly-texts';
import { type GuardedOperation, guardedOperations, type Ids } from '../../support/openapi/guarded-operations';
import { textFieldsOf } from '../../support/openapi/text-fields';
import { expectCpuTimeBelow } from '../../support/pace';

/** In bytes: nearly a whole body, and a text that some fields accept. */
const SIZES = [200_000, 1_000];
/** The request line and the headers have 16 KiB together. */
const TARGET_BYTES = 15_000;

/** The CPU time of a request with the test's own part, in yardsticks. */
const MAX_COST = 3;

const OPERATIONS = guardedOperations();
const WITH_BODY = OPERATIONS.filter(({ fields }) => fields !== null);
const WITH_QUERY = OPERATIONS.filter(({ queryNames }) => queryNames.length > 0);

interface Case {
  /** For the message of a failure. */
  readonly name: string;
  /** Creates the request, which is large. */
  readonly request: () => RawRequest;
}

describe('a costly text', () => {
  let service: DocumentApp;
  let ids: Ids;

  beforeAll(async () => {
    service = await startDocumentApp();
    ids = await service.populate(service.app.api);
  });
  afterAll(() => service.stop());

  /** Without the client of other suites, which validates each response and remembers each key. */
  function send({ request }: Case): Promise<unknown> {
    const { hostname, port } = new URL(service.app.url);
    const headers = [
      ['Authorization', `Bearer ${service.app.adminToken}`],
      ['Content-Type', 'application/json'],
    ] as const;
    return sendRaw(hostname, Number(port), rawRequestBytes('localhost', { headers, ...request() }));
  }

  function bodiesOf(operation: GuardedOperation): Case[] {
    return textFieldsOf(operation, ids).flatMap((field) =>
      Object.entries(COSTLY_TEXTS).flatMap(([kind, create]) =>
        SIZES.map((size) => ({
          name: `${size} bytes of ${kind} at ${field.pointer}`,
          request: () => ({
            method: operation.method,
            path: operation.path(ids),
            body: JSON.stringify(field.body(ids, create(size))),
          }),
        })),
      ),
    );
  }

  function queriesOf(operation: GuardedOperation): Case[] {
    return operation.queryNames.flatMap((name) =>
      Object.entries(COSTLY_TEXTS).map(([kind, create]) => {
        const value = encodeURIComponent(create(TARGET_BYTES / 3)).slice(0, TARGET_BYTES);
        const query = value.replace(/%(?:..?(?:%..?){0,3})?$/, '');
        const path = `${operation.path(ids)}?${name}=${query}`;
        return { name: `${kind} in ${name}`, request: () => ({ method: operation.method, path }) };
      }),
    );
  }

  /** Measures the slowest case again, alone, because others disturb the first pass. */
  async function expectAllCheap(cases: readonly Case[]): Promise<void> {
    let slowest = cases[0]!;
    let longest = 0;
    for (const each of cases) {
      const start = process.cpuUsage();
      await send(each);
      const { user } = process.cpuUsage(start);
      if (user > longest) [slowest, longest] = [each, user];
    }
    try {
      await expectCpuTimeBelow(MAX_COST, () => send(slowest));
    } catch (error) {
      throw new Error(`${slowest.name}: ${String(error)}`, { cause: error });
    }
  }

  it('has a place in every field that takes a text', () => {
    const pointers = new Map(
      WITH_BODY.map((operation) => [
        operation.id,
        textFieldsOf(operation, ids).map(({ pointer }) => pointer),
      ]),
    );
    expect(pointers.get('createProvider')).toEqual(
      expect.arrayContaining(['/name', '/base_url', '/api_key', '/advanced_json/x', '/advanced_json/{name}']),
    );
    expect(pointers.get('createProviderModel')).toEqual(
      expect.arrayContaining(['/model', '/aliases/0', '/tags/0', '/when/{name}', '/pricing/note']),
    );
  });

  it.each(WITH_BODY.map((operation) => [operation.id, operation] as const))(
    'in the body of %s costs little',
    async (_id, operation) => {
      const cases = bodiesOf(operation);
      if (cases.length > 0) await expectAllCheap(cases);
    },
  );

  it.each(WITH_QUERY.map((operation) => [operation.id, operation] as const))(
    'in the query of %s costs little',
    (_id, operation) => expectAllCheap(queriesOf(operation)),
  );
});
