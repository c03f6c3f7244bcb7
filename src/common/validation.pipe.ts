import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { DomainError, type FieldError } from './domain-error';
import { deepErrors } from './field';

/**
 * Checks a body against its DTO: no conversion, no unknown field, each problem with a JSON pointer (RFC 6901).
 */
@Injectable()
export class StrictValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      transformOptions: { exposeUnsetFields: false },
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => invalid(fieldErrors(errors, '')),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body') return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new DomainError('malformed', 'body.not_an_object', 'Send a JSON object as the body.');
    }
    const body = (await super.transform(value, metadata)) as object;
    const errors = deepErrors(body);
    if (errors.length > 0) throw invalid(errors);
    return body;
  }
}

function invalid(errors: FieldError[]): DomainError {
  const first = errors[0];
  const detail = first ? `${first.pointer}: ${first.detail}` : 'The body is not valid.';
  return new DomainError('invalid', 'validation.failed', detail, { errors });
}

function fieldErrors(errors: readonly ValidationError[], parent: string): FieldError[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const pointer = `${parent}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const own = Object.entries(constraints).map(([constraint, detail]) =>
      constraint === 'whitelistValidation'
        ? { pointer, code: 'unknown_field', detail: 'There is no such field.' }
        : { pointer, code: constraint, detail },
    );
    return [...own, ...fieldErrors(children, pointer)];
  });
}
