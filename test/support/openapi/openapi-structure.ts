const text = { type: 'string', minLength: 1 };
const mapOf = (values: object) => ({ type: 'object', additionalProperties: values });
const closed = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  patternProperties: { '^x-': {} },
  additionalProperties: false,
});
const reference = (name: string) => ({ $ref: `#/$defs/${name}` });
const referenceOr = (name: string) => ({
  if: { type: 'object', required: ['$ref'] },
  then: closed({ $ref: text, summary: text, description: text }, ['$ref']),
  else: reference(name),
});

/**
 * The parts of OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0) that this API uses. Objects are closed, so a misspelt
 * or 3.0-only key is an error. Schemas are JSON Schema 2020-12 and validated by its meta-schema.
 */
export const OPENAPI_STRUCTURE = {
  ...closed(
    {
      openapi: { const: '3.1.0' },
      info: closed(
        {
          title: text,
          summary: text,
          description: text,
          version: text,
          contact: closed({ name: text, url: text, email: text }),
          license: closed({ name: text, identifier: text, url: text }, ['name']),
        },
        ['title', 'version'],
      ),
      servers: {
        type: 'array',
        minItems: 1,
        items: closed(
          {
            url: text,
            description: text,
            variables: mapOf(closed({ default: text, description: text }, ['default'])),
          },
          ['url'],
        ),
      },
      tags: { type: 'array', items: closed({ name: text, description: text }, ['name', 'description']) },
      security: { $ref: '#/$defs/security' },
      paths: {
        type: 'object',
        patternProperties: { '^/': reference('path') },
        additionalProperties: false,
      },
      components: closed({
        schemas: mapOf(reference('schema')),
        responses: mapOf(reference('response')),
        securitySchemes: mapOf(
          closed({ type: text, scheme: text, bearerFormat: text, description: text }, ['type', 'scheme']),
        ),
      }),
    },
    ['openapi', 'info', 'servers', 'tags', 'paths', 'components'],
  ),
  $defs: {
    schema: { $ref: 'https://json-schema.org/draft/2020-12/schema' },
    security: { type: 'array', items: mapOf({ type: 'array', items: text }) },
    path: {
      type: 'object',
      propertyNames: { enum: ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'] },
      additionalProperties: reference('operation'),
    },
    operation: closed(
      {
        operationId: { type: 'string', pattern: '^[a-z][A-Za-z]+$' },
        summary: text,
        description: text,
        tags: { type: 'array', items: text, minItems: 1, maxItems: 1 },
        parameters: { type: 'array', items: reference('parameter') },
        requestBody: reference('requestBody'),
        responses: {
          type: 'object',
          patternProperties: { '^[1-5][0-9]{2}$': referenceOr('response') },
          additionalProperties: false,
          minProperties: 1,
        },
        security: reference('security'),
      },
      ['operationId', 'summary', 'description', 'tags', 'responses'],
    ),
    parameter: closed(
      {
        name: text,
        in: { enum: ['path', 'query', 'header'] },
        description: text,
        required: { type: 'boolean' },
        schema: reference('schema'),
      },
      ['name', 'in', 'schema'],
    ),
    requestBody: closed({ description: text, required: { type: 'boolean' }, content: reference('content') }, [
      'required',
      'content',
    ]),
    response: closed(
      { description: text, headers: mapOf(reference('header')), content: reference('content') },
      ['description'],
    ),
    header: closed({ description: text, schema: reference('schema') }, ['description', 'schema']),
    content: { ...mapOf(reference('mediaType')), minProperties: 1 },
    mediaType: closed(
      {
        schema: reference('schema'),
        example: {},
        examples: mapOf(closed({ summary: text, description: text, value: {} }, ['summary', 'value'])),
      },
      ['schema'],
    ),
  },
};
