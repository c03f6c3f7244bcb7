import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../clients/http-client';
import { operationsOf } from './openapi-operations';

/** Ids by the names that parameters and fields have for them. */
export type Ids = Readonly<Record<string, string>>;

export interface GuardedOperation {
  readonly id: string;
  readonly method: string;
  /** As the document has it: with `{provider_id}` and so on. */
  readonly template: string;
  /** Names of path parameters. */
  readonly parameters: readonly string[];
  readonly queryNames: readonly string[];
  readonly headerNames: readonly string[];
  /** Names of query parameters and of fields of the body that are ids. */
  readonly queryIds: readonly string[];
  readonly bodyIds: readonly string[];
  /** What a body may hold, with its schema; null where the operation takes none. */
  readonly fields: Readonly<Record<string, Json>> | null;
  /** Throws for an id that is not given, so that a new one cannot go untested. */
  path(ids: Ids): string;
  /** A body of the right form from the document's examples, one that has its ids where it may; undefined for none. */
  body(ids: Ids): Json;
}

/** The document as committed; another test holds it against the code. */
export const DOCUMENT: Json = JSON.parse(readFileSync(join(__dirname, '../../../openapi.json'), 'utf8'));

/** Every operation that the document puts below /v1. */
export function guardedOperations(): GuardedOperation[] {
  return operationsOf(DOCUMENT)
    .filter(({ path }) => path.startsWith('/v1/'))
    .map(({ id, method, path: template, operation }) => {
      const named = (place: string) => (operation.parameters ?? []).filter((each: Json) => each.in === place);
      const names = (place: string) => named(place).map(({ name }: Json) => name as string);
      const media = operation.requestBody?.content['application/json'];
      const fields = media ? (resolved(media.schema).properties as Record<string, Json>) : null;
      const bodyIds = Object.entries(fields ?? {}).flatMap(([name, schema]) => idsIn(name, schema));
      return {
        id,
        method,
        template,
        parameters: [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
        queryNames: names('query'),
        headerNames: names('header'),
        queryIds: named('query')
          .filter(({ name, schema }: Json) => idsIn(name, schema).length > 0)
          .map(({ name }: Json) => name),
        bodyIds,
        fields,
        path: (ids) => template.replace(/\{(\w+)\}/g, (_whole, name: string) => known(ids, name)),
        body: (ids) => media && withIds(exampleOf(id, media, bodyIds), bodyIds, ids),
      };
    });
}

/** A schema with its reference followed. */
export function resolved(schema: Json): Json {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref ?? '')?.[1];
  return name === undefined ? schema : DOCUMENT.components.schemas[name];
}

function known(ids: Ids, name: string): string {
  const id = ids[name];
  if (id === undefined) throw new Error(`the suites do not know what a ${name} is: teach them to make one`);
  return id;
}

/** The dotted paths of what is an id by its format or its name. */
function idsIn(path: string, schema: Json): string[] {
  const { format, items, properties = {} } = resolved(schema);
  if (format === 'uuid' || /(^|[._])ids?$/.test(path)) return [path];
  const inside = Object.entries<Json>(properties).flatMap(([name, each]) => idsIn(`${path}.${name}`, each));
  return items ? [...inside, ...idsIn(`${path}[]`, items)] : inside;
}

function exampleOf(id: string, { examples = {} }: Json, bodyIds: readonly string[]): Json {
  const values = Object.values<Json>(examples).map(({ value }) => value);
  const example = values.find((value) => bodyIds.every((name) => name in value));
  if (!example) throw new Error(`${id} has no example of a body, with every id that it may hold at its top`);
  return example;
}

function withIds(example: Json, bodyIds: readonly string[], ids: Ids): Json {
  return { ...example, ...Object.fromEntries(bodyIds.map((name) => [name, known(ids, name)])) };
}
