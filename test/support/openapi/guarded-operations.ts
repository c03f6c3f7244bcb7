import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../clients/api-client';
import { operationsOf } from './openapi-operations';

/** Ids by the names of the parameters and fields that take them. */
export type Ids = Readonly<Record<string, string>>;

export interface GuardedOperation {
  readonly id: string;
  readonly method: string;
  /** The path of the document, with `{provider_id}` and other parameters. */
  readonly template: string;
  /** The names of its path parameters. */
  readonly parameters: readonly string[];
  readonly queryNames: readonly string[];
  readonly headerNames: readonly string[];
  /** The names of query parameters and of body fields that are ids. */
  readonly queryIds: readonly string[];
  readonly bodyIds: readonly string[];
  /** The schemas of the body's fields, or null for an operation without a body. */
  readonly fields: Readonly<Record<string, Json>> | null;
  /** Throws for a missing id, so that an operation with a new kind of id cannot go untested. */
  path(ids: Ids): string;
  /** Returns a valid body from the document's examples with these ids, or undefined for an operation without a body. */
  body(ids: Ids): Json;
}

/** The committed document. Another test compares it with the code. */
export const DOCUMENT: Json = JSON.parse(readFileSync(join(__dirname, '../../../openapi.json'), 'utf8'));

/** Returns every documented operation below /v1. */
export function guardedOperations(): GuardedOperation[] {
  return operationsOf(DOCUMENT)
    .filter(({ path }) => path.startsWith('/v1/'))
    .map(({ id, method, path: template, operation }) => {
      const parametersIn = (location: string) =>
        (operation.parameters ?? []).filter((each: Json) => each.in === location);
      const namesIn = (location: string) => parametersIn(location).map(({ name }: Json) => name as string);
      const media = operation.requestBody?.content['application/json'];
      const fields = media ? (resolveReference(media.schema).properties as Record<string, Json>) : null;
      const bodyIds = Object.entries(fields ?? {}).flatMap(([name, schema]) => idsIn(name, schema));
      return {
        id,
        method,
        template,
        parameters: [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
        queryNames: namesIn('query'),
        headerNames: namesIn('header'),
        queryIds: parametersIn('query')
          .filter(({ name, schema }: Json) => idsIn(name, schema).length > 0)
          .map(({ name }: Json) => name),
        bodyIds,
        fields,
        path: (ids) => template.replace(/\{(\w+)\}/g, (_whole, name: string) => requireId(ids, name)),
        body: (ids) => media && withIds(exampleOf(id, media, bodyIds), bodyIds, ids),
      };
    });
}

/** Follows the reference of a schema. */
export function resolveReference(schema: Json): Json {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref ?? '')?.[1];
  return name === undefined ? schema : DOCUMENT.components.schemas[name];
}

function requireId(ids: Ids, name: string): string {
  const id = ids[name];
  if (id === undefined)
    throw new Error(`the suites cannot create a ${name}; add it to DocumentApp.populate()`);
  return id;
}

/** Returns the dotted paths of fields that are ids by their format or name. */
function idsIn(path: string, schema: Json): string[] {
  const { format, items, properties = {} } = resolveReference(schema);
  if (format === 'uuid' || /(^|[._])ids?$/.test(path)) return [path];
  const nested = Object.entries<Json>(properties).flatMap(([name, each]) => idsIn(`${path}.${name}`, each));
  return items ? [...nested, ...idsIn(`${path}[]`, items)] : nested;
}

function exampleOf(id: string, { examples = {} }: Json, bodyIds: readonly string[]): Json {
  const values = Object.values<Json>(examples).map(({ value }) => value);
  const example = values.find((value) => bodyIds.every((name) => name in value));
  if (!example) throw new Error(`${id} has no body example with every id at the top level`);
  return example;
}

function withIds(example: Json, bodyIds: readonly string[], ids: Ids): Json {
  const values = bodyIds.map((name) => {
    const id = requireId(ids, idName(name));
    return [name, name.endsWith('_ids') ? [id] : id] as const;
  });
  return { ...example, ...Object.fromEntries(values) };
}

/** Returns the name of the ids in a field, which may be a list: `model_id` of `model_ids`. */
export function idName(field: string): string {
  return field.replace(/_ids$/, '_id');
}
