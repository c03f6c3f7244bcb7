import type { Json } from '../clients/api-client';
import { type GuardedOperation, type Ids, resolveReference } from './guarded-operations';

/** A place of a request body that may contain any text: the value of a member or an item, or the name of a member. */
export interface TextField {
  /** A JSON pointer. The name of a member is `{name}`. */
  readonly pointer: string;
  /** Returns a body with this text in its place. */
  body(ids: Ids, text: string): Json;
}

type Path = readonly string[];

/** Stands for the text that names a member. */
const NAME = '{name}';

/** Returns every place of an operation's body that takes a text, by its schema and by its example. */
export function textFieldsOf(operation: GuardedOperation, ids: Ids): TextField[] {
  const example: Json = operation.body(ids);
  const documented = Object.entries(operation.fields!).flatMap(([name, schema]) => pathsIn(schema, [name]));
  const paths = new Map([...documented, ...textsIn(example, [])].map((path) => [`/${path.join('/')}`, path]));
  return [...paths].map(([pointer, path]) => ({
    pointer,
    body: (current, text) => withText(operation.body(current), path, text),
  }));
}

function pathsIn(schema: Json, path: Path): Path[] {
  const { type = [], properties = {}, additionalProperties, items, oneOf, anyOf } = resolveReference(schema);
  const branches = [...(oneOf ?? []), ...(anyOf ?? [])].flatMap((each) => pathsIn(each, path));
  const members = Object.entries<Json>(properties).flatMap(([name, each]) => pathsIn(each, [...path, name]));
  const others = additionalProperties ? [[...path, NAME], ...valuePaths(additionalProperties, path)] : [];
  const own = [type].flat().includes('string') ? [path] : [];
  return [...own, ...branches, ...members, ...others, ...(items ? pathsIn(items, [...path, '0']) : [])];
}

function valuePaths(schema: Json, path: Path): Path[] {
  return schema === true ? [[...path, 'x']] : pathsIn(schema, [...path, 'x']);
}

function textsIn(value: Json, path: Path): Path[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries<Json>(value).flatMap(([name, each]) => textsIn(each, [...path, name]));
}

/** Replaces what is at a path. Containers that the value lacks are created. */
function withText(value: Json, [name, ...rest]: Path, text: string): Json {
  if (name === undefined) return text;
  if (name === NAME) return { ...value, [text]: 1 };
  if (name === '0') return [withText(value?.[0], rest, text)];
  const object = typeof value === 'object' && value !== null ? value : {};
  return { ...object, [name]: withText(object[name], rest, text) };
}
