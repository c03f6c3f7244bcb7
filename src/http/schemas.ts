import type { ApiPropertyOptions, SchemaObject } from '@nestjs/swagger';

/** A resource id in responses. */
export const UUID = { type: 'string', format: 'uuid' } as const;

/** A moment in responses: RFC 3339 in UTC. */
export const TIME = { type: 'string', format: 'date-time' } as const;

/** US dollars for 1000 tokens of one kind. */
const cost = (tokens: string) =>
  ({
    type: 'number',
    format: 'double',
    nullable: true,
    description: `US dollars for 1000 ${tokens}. Null: unknown. 0: free.`,
  }) as const;

export const INPUT_COST = cost('input tokens');
export const OUTPUT_COST = cost('output tokens');
export const CACHE_WRITE_COST = cost('tokens written to the cache');
export const CACHE_READ_COST = cost('tokens read from the cache');

/** A schema that the document lists under `components/schemas`, so that generated clients give it one type. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: SchemaObject;
}

export interface NamedEnum<T extends string = string> extends NamedSchema {
  readonly values: readonly T[];
}

/**
 * A closed set of words. No two may share a word, because openapi-generator declares the words of all named sets as
 * constants of one Go package.
 */
export function namedEnum<T extends string>(
  name: string,
  values: readonly T[],
  description: string,
): NamedEnum<T> {
  return { name, values, schema: { type: 'string', enum: [...values], description } };
}

export function schemaRef({ name }: NamedSchema): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** A property of a named schema. It uses `allOf`, because Nest adds the TypeScript type next to a bare `$ref`. */
export function ofSchema(named: NamedSchema): Pick<ApiPropertyOptions, 'allOf'> {
  return { allOf: [schemaRef(named)] };
}
