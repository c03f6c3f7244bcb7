/** The parts of an OpenAPI 3.1 document that describe responses. */
export interface OpenApiDocument {
  paths?: Record<string, Record<string, unknown>>;
  components?: { schemas?: Record<string, Record<string, unknown>> };
}

export interface ResponseObject {
  readonly $ref?: string;
  readonly headers?: Record<string, unknown>;
  readonly content?: Record<string, { schema?: unknown }>;
}

export interface OperationObject {
  readonly operationId?: string;
  readonly responses?: Record<string, ResponseObject>;
}

/** A documented operation and the location of its responses in the document. */
export interface Operation {
  readonly id: string;
  readonly pointer: readonly string[];
  readonly responses: Record<string, ResponseObject>;
}

/** Compares media types without parameters. A documented `*` matches any type or subtype. */
export function matchesContentType(documented: string, observed: string | null): boolean {
  const essence = (type: string) => type.split(';')[0]!.trim().toLowerCase().split('/');
  if (observed === null) return false;
  const [wantedType, wantedSubtype] = essence(documented);
  const [type, subtype] = essence(observed);
  return (wantedType === '*' || wantedType === type) && (wantedSubtype === '*' || wantedSubtype === subtype);
}
