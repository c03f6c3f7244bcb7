import type { OpenApiDocument, Operation, OperationObject, ResponseObject } from './openapi-document';

interface Template {
  readonly path: string;
  readonly pattern: RegExp;
  readonly parameters: number;
}

export interface LocatedResponse {
  readonly value: ResponseObject;
  /** Its location in the document after following references. */
  readonly pointer: readonly string[];
}

/** Finds the documented operation and response of a request. */
export class OpenApiPaths {
  private readonly templates: readonly Template[];

  constructor(private readonly document: OpenApiDocument) {
    // OpenAPI matches concrete paths before templated ones.
    this.templates = Object.keys(document.paths ?? {})
      .map(compileTemplate)
      .sort((one, other) => one.parameters - other.parameters);
  }

  find(method: string, path: string): Operation | undefined {
    const name = method.toLowerCase();
    const candidates = this.templates.filter(({ pattern }) => pattern.test(path));
    return (
      candidates
        .map((template) => this.operation(template, name))
        .find((operation) => operation !== undefined) ??
      (name === 'head' ? this.find('GET', path) : undefined)
    );
  }

  /** Finds a response by its status, else by its class (`4XX`), else `default`. */
  response(operation: Operation, status: number): LocatedResponse | undefined {
    const keys = [String(status), `${Math.floor(status / 100)}XX`, 'default'];
    const key = keys.find((candidate) => candidate in operation.responses);
    if (key === undefined) return undefined;
    return this.follow(operation.responses[key]!, [...operation.pointer, 'responses', key]);
  }

  private operation({ path }: Template, method: string): Operation | undefined {
    const object = this.document.paths?.[path]?.[method] as OperationObject | undefined;
    if (!object) return undefined;
    const id = object.operationId ?? `${method.toUpperCase()} ${path}`;
    return { id, pointer: ['paths', path, method], responses: object.responses ?? {} };
  }

  private follow(value: ResponseObject, pointer: readonly string[]): LocatedResponse {
    if (value.$ref === undefined) return { value, pointer };
    const target = value.$ref.replace(/^#\//, '').split('/').map(unescapePointer);
    const found = target.reduce<unknown>(
      (node, key) => (node as Record<string, unknown> | undefined)?.[key],
      this.document,
    );
    if (!found) throw new Error(`OpenAPI contract: ${value.$ref} is not in the document`);
    return this.follow(found, target);
  }
}

function unescapePointer(part: string): string {
  return decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~');
}

function compileTemplate(path: string): Template {
  const parts = path.split(/\{[^}]+\}/);
  const source = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+');
  return { path, pattern: new RegExp(`^${source}$`), parameters: parts.length - 1 };
}
