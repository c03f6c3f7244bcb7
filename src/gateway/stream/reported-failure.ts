import { isJsonObject, type JsonObject } from '../../common/json-object';
import { findErrorWords } from '../../upstream/error-body';
import type { Dialect } from '../dialect/endpoint';
import { statusOfCode } from '../dialect/error-codes';

/** An error that an upstream reported inside a response with status 200. */
export interface ReportedFailure {
  /** The status that the error would have had, from 400 to 599. 502 if the upstream's code is unknown. */
  readonly status: number;
  /** The upstream's code, else its type. */
  readonly code: string;
  /** The upstream's type if the dialect knows it, else `api_error`. */
  readonly type: string;
  /** The upstream's words, not redacted. May be empty. */
  readonly message: string;
}

/** The types of errors that the SDKs of each dialect know. */
const KNOWN_TYPES: Record<Dialect, ReadonlySet<string>> = {
  anthropic: new Set([
    'invalid_request_error',
    'authentication_error',
    'billing_error',
    'permission_error',
    'not_found_error',
    'request_too_large',
    'rate_limit_error',
    'timeout_error',
    'overloaded_error',
  ]),
  openai: new Set([
    'invalid_request_error',
    'authentication_error',
    'permission_error',
    'not_found_error',
    'rate_limit_error',
    'insufficient_quota',
    'requests',
    'tokens',
    'server_error',
  ]),
};

/** Errors are short. Longer JSON is not searched for one. */
export const MAX_ERROR_BYTES = 64 * 1024;

/** Longer words than any vendor's are cut. */
const MAX_MESSAGE_LENGTH = 4096;
const MAX_CODE_LENGTH = 128;

/** Reads the JSON of an error, in any of the forms that vendors use. Accepts anything. */
export function reportedFailure(json: unknown, dialect: Dialect): ReportedFailure {
  const entry: unknown = Array.isArray(json) ? json[0] : json;
  const outer = isJsonObject(entry) ? entry : {};
  const error = isJsonObject(outer.error) ? outer.error : outer;
  // The type of an error event itself is `error`.
  const type = error === outer && error.type === 'error' ? null : textOf(error.type);
  const code = textOf(error.code) ?? textOf(outer.code);
  const codes = [error, outer].flatMap(numbersOf).concat(code ?? [], type ?? [], textOf(error.status) ?? []);
  return {
    status: codes.map(statusOfCode).find((status) => status !== null) ?? 502,
    code: code ?? type ?? 'upstream_error',
    type: type !== null && KNOWN_TYPES[dialect].has(type) ? type : 'api_error',
    message: (findErrorWords(entry) ?? '').slice(0, MAX_MESSAGE_LENGTH),
  };
}

function numbersOf({ code, status, status_code }: JsonObject): string[] {
  return [code, status, status_code].filter((value) => typeof value === 'number').map(String);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_CODE_LENGTH) : null;
}
