import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/* eslint-disable @typescript-eslint/no-explicit-any -- the document is untyped JSON */
type Json = any;

const ROOT = join(__dirname, '../../..');
const DOCUMENT: Json = JSON.parse(readFileSync(join(ROOT, 'openapi.json'), 'utf8'));
const PACKAGE: Json = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const ERRORS = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8').split('\n## Field codes\n')[0]!;

const { schemas, responses } = DOCUMENT.components as Record<string, Record<string, Json>>;

const OPERATIONS = Object.entries<Json>(DOCUMENT.paths).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(([method, operation]) => ({ path, method, ...operation })),
);

/** Data, not schemas. */
const DATA = ['example', 'examples', 'enum', 'x-codeSamples'];

/** Every object inside a node with its place, schemas behind references included if `follow`. */
function nodesIn(node: Json, place: string, follow = false, seen = new Set<string>()): [string, Json][] {
  if (typeof node !== 'object' || node === null) return [];
  const reference = follow && typeof node.$ref === 'string' ? (node.$ref as string) : undefined;
  const behind =
    reference === undefined || seen.has(reference)
      ? []
      : nodesIn(schemas![reference.split('/').at(-1)!], reference, follow, seen.add(reference));
  const inside = Object.entries<Json>(node)
    .filter(([key]) => !DATA.includes(key))
    .flatMap(([key, value]) => nodesIn(value, `${place}/${key}`, follow, seen));
  return [[place, node], ...inside, ...behind];
}

const placesOf = (nodes: [string, Json][], isWrong: (node: Json, place: string) => boolean) =>
  nodes.filter(([place, node]) => isWrong(node, place)).map(([place]) => place);

const EVERYTHING = nodesIn(DOCUMENT, '#');

describe('the schemas of openapi.json', () => {
  it('are named after things, never after classes', () => {
    expect(Object.keys(schemas!).filter((name) => /(Dto|Response|Schema)\d*$/.test(name))).toEqual([]);
  });

  it('have descriptions, and so have their properties unless their own schema has one', () => {
    const undescribed = Object.entries<Json>(schemas!).flatMap(([name, { description, properties = {} }]) => [
      ...(description ? [] : [name]),
      ...Object.entries<Json>(properties)
        .filter(([, property]) => !property.description && !property.$ref)
        .map(([property]) => `${name}.${property}`),
    ]);
    expect(undescribed).toEqual([]);
  });

  it('of request bodies, and no others, are named requests', () => {
    const bodies = OPERATIONS.filter(({ requestBody }) => requestBody).map(({ requestBody }) => {
      return (requestBody.content['application/json'].schema.$ref as string).split('/').at(-1);
    });
    expect(Object.keys(schemas!).filter((name) => name.endsWith('Request'))).toEqual(
      expect.arrayContaining(bodies),
    );
    expect(
      Object.keys(schemas!).filter((name) => name.endsWith('Request') && !bodies.includes(name)),
    ).toEqual([]);
  });

  it('of what a write sends have no default, which a generated client would send', () => {
    const sent = OPERATIONS.filter(({ method }) => method !== 'get').flatMap((operation) => [
      ...nodesIn(operation.requestBody ?? {}, operation.operationId, true),
      ...nodesIn(operation.parameters ?? [], operation.operationId, true),
    ]);
    // The request of an import has a property of that name.
    const places = placesOf(sent, (node) => 'default' in node).filter(
      (place) => !place.endsWith('/properties'),
    );
    expect(places).toEqual([]);
  });

  it('name closed sets, unless a named one has the same word already', () => {
    const isNamed = (place: string) => /^#\/components\/schemas\/\w+$/.test(place);
    const sets = EVERYTHING.filter(([, node]) => Array.isArray(node.enum));
    const words = sets.filter(([place]) => isNamed(place)).flatMap(([, node]) => node.enum as string[]);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    const unnamed = sets.filter(
      ([place, { enum: values }]) =>
        !isNamed(place) && values.length > 1 && !values.some((word: string) => words.includes(word)),
    );
    expect(unnamed.map(([place]) => place)).toEqual([]);
  });

  it('never list null among the words of an enum', () => {
    expect(placesOf(EVERYTHING, (node) => Array.isArray(node.enum) && node.enum.includes(null))).toEqual([]);
  });

  it('have no keyword that generators get wrong', () => {
    const isTrap = (node: Json) =>
      'uniqueItems' in node ||
      'oneOf' in node ||
      (Array.isArray(node.type) && node.type.length > 2) ||
      (node.additionalProperties === true && 'properties' in node) ||
      (node.type === 'array' && !('items' in node));
    expect(placesOf(EVERYTHING, isTrap)).toEqual([]);
  });

  it('allow null only as type [T, null] or as anyOf [reference, null]', () => {
    const isOther = (node: Json) =>
      Array.isArray(node.anyOf) && JSON.stringify(node.anyOf.slice(1)) !== '[{"type":"null"}]';
    expect(placesOf(EVERYTHING, isOther)).toEqual([]);
  });

  it('of free-form values have no type', () => {
    expect(schemas!.FieldChange.properties.before).not.toHaveProperty('type');
    expect(schemas!.FieldChange.properties.after).not.toHaveProperty('type');
  });

  it('declare X-Registry-Revision as an integer everywhere', () => {
    const headers = EVERYTHING.filter(
      ([place, node]) =>
        place.endsWith('/headers/X-Registry-Revision') || node.name === 'X-Registry-Revision',
    );
    expect(headers.length).toBeGreaterThan(5);
    expect(headers.filter(([, node]) => node.schema.type !== 'integer' || !node.description)).toEqual([]);
  });
});

describe('the error responses of openapi.json', () => {
  const statusByCode = new Map(
    [...ERRORS.matchAll(/^\| `([\w.]+)` +\| (\d{3}) /gm)].map(([, code, status]) => [code, Number(status)]),
  );
  const uses = OPERATIONS.flatMap(({ operationId, responses: own }) =>
    Object.entries<Json>(own)
      .filter(([status]) => Number(status) >= 400)
      .map(([status, response]) => ({ operationId, status: Number(status), response })),
  );

  it('are references, but for the report of /readyz', () => {
    const inline = uses.filter(({ response }) => response.$ref === undefined);
    expect(inline.map(({ operationId, status }) => `${operationId} ${status}`)).toEqual(['getReadiness 503']);
  });

  it('have examples with their own status, and with a documented code', () => {
    for (const { operationId, status, response } of uses.filter(({ response: { $ref } }) => $ref)) {
      const { content } = responses![response.$ref.split('/').at(-1)];
      const examples = Object.values<Json>(content['application/problem+json'].examples);
      expect(examples.length).toBeGreaterThan(0);
      for (const { value } of examples) {
        expect([operationId, value.status, statusByCode.get(value.code)]).toEqual([
          operationId,
          status,
          status,
        ]);
        expect(value.type).toBe(`urn:caret:problem:${value.code}`);
      }
    }
  });

  it('list every documented code of their status, and no other', () => {
    const listed = Object.values(responses!).flatMap(({ description, content }) => {
      const [{ value }] = Object.values<Json>(content['application/problem+json'].examples) as [Json];
      const codes = [...(description as string).matchAll(/Code: (.+?)\.(?:\n|$)/g)].flatMap(([, list]) =>
        list!.split(', ').map((code) => code.replaceAll('`', '')),
      );
      return codes.map((code) => `${code} ${value.status}`);
    });
    // No operation can have these: they are of paths and methods that are in no document, or faults of Caret.
    const unlisted = ['internal', 'route.method_not_allowed'];
    const documented = [...statusByCode]
      .filter(([code]) => !unlisted.includes(code!))
      .map(([code, status]) => `${code} ${status}`);
    expect([...new Set(listed)].sort()).toEqual(documented.sort());
  });

  it('are all used', () => {
    const used = new Set(uses.map(({ response }) => (response.$ref ?? '').split('/').at(-1)));
    expect(Object.keys(responses!).filter((name) => !used.has(name))).toEqual([]);
  });
});

describe('the operations of openapi.json', () => {
  it('have samples in curl, Python and TypeScript that call them', () => {
    for (const { operationId, path, 'x-codeSamples': samples } of OPERATIONS) {
      const languages = (samples as Json[]).map(({ lang }) => lang as string);
      expect([operationId, languages]).toEqual([operationId, ['Shell', 'Python', 'TypeScript']]);
      const start = (path as string).split('{')[0];
      for (const { source } of samples) expect(source).toContain(`http://127.0.0.1:3000${start}`);
    }
  });

  it('describe every parameter, and ids as UUIDs', () => {
    for (const { operationId, parameters = [] } of OPERATIONS) {
      for (const parameter of parameters) {
        expect([operationId, parameter.name, parameter.description]).toEqual([
          operationId,
          parameter.name,
          expect.stringMatching(/\.$/),
        ]);
        if (parameter.in === 'path') expect(parameter.schema).toEqual({ type: 'string', format: 'uuid' });
      }
    }
  });

  it('have one schema for all their successes', () => {
    for (const { operationId, responses: own } of OPERATIONS) {
      const bodies = Object.entries<Json>(own)
        .filter(([status, { content }]) => status.startsWith('2') && content)
        .map(([, { content }]) => JSON.stringify(Object.values<Json>(content)[0].schema));
      expect([operationId, new Set(bodies).size <= 1]).toEqual([operationId, true]);
    }
  });

  it('need a token, but for the public ones', () => {
    expect(DOCUMENT.security).toEqual([{ bearer: [] }]);
    const own = OPERATIONS.filter(({ security }) => security);
    expect(own.map(({ path, security }) => [path, security])).toEqual([
      ['/healthz', []],
      ['/readyz', []],
      ['/metrics', [{ metrics: [] }, {}]],
    ]);
  });

  it('leave out empty objects', () => {
    const isEmpty = (node: Json, place: string) =>
      Object.keys(node).length === 0 && !/\/(security\/\d+|security)$/.test(place) && !Array.isArray(node);
    expect(placesOf(EVERYTHING, isEmpty)).toEqual([]);
  });
});

describe('the head of openapi.json', () => {
  it('has the version of the product, a contact, a license and a server to set', () => {
    expect(DOCUMENT.info).toMatchObject({
      version: PACKAGE.version,
      contact: { name: expect.any(String) },
      license: { name: 'MIT' },
    });
    expect(DOCUMENT.servers).toMatchObject([
      { url: '{baseUrl}', variables: { baseUrl: { default: 'http://127.0.0.1:3000' } } },
    ]);
  });
});
