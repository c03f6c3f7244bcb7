import { isJsonObject, type JsonObject } from '../../common/json-object';
import { reportsError } from '../../upstream/error-body';
import { parseResponseJson } from '../../upstream/parse-response-json';
import { redact } from '../../upstream/redact';
import { readWords } from '../../upstream/upstream-rejection';
import { foldCode, statusOfCode } from '../dialect/error-codes';

/** A longer body is not parsed. A server that quotes the whole request in its error sends more than its words. */
const MAX_BODY_BYTES = 1024 * 1024;
/** JSON values of a body. */
const MAX_NODES = 100_000;
/** Entries of `details` that are read, each with at most one code. */
const MAX_DETAILS = 8;
const MAX_CODE_LENGTH = 64;
const MAX_PARAM_LENGTH = 200;

/** Members with a stable word or number, whatever the vendor. */
const CODE_KEYS = [
  'code',
  'error',
  'type',
  'status',
  'reason',
  'error_code',
  'errorCode',
  'status_code',
  'error_type',
];

/** What the body of a response says about an error. */
export interface ErrorFacts {
  readonly isJson: boolean;
  /** Whether a body with a status below 400 reports an error. */
  readonly isError: boolean;
  /** One line, redacted, at most about 2000 characters. */
  readonly words: string | null;
  /** Codes and types, folded. */
  readonly codes: readonly string[];
  /** The field of the request that the error names, redacted. */
  readonly param: string | null;
  /** The HTTP status that the codes stand for. */
  readonly status: number | null;
}

const NO_JSON: ErrorFacts = {
  isJson: false,
  isError: false,
  words: null,
  codes: [],
  param: null,
  status: null,
};

/** Reads an error in the words of any vendor. Takes time proportional to the body, of which at most 1 MiB is read. */
export function readErrorFacts(body: Buffer, secrets: readonly string[]): ErrorFacts {
  if (body.length > MAX_BODY_BYTES) return NO_JSON;
  const parsed = parseResponseJson(body, MAX_NODES);
  if ('problem' in parsed) return NO_JSON;
  const { json } = parsed;
  const objects = listErrorObjects(json);
  const codes = objects.flatMap(readCodes);
  const param = objects.map((each) => each.param).find((each) => typeof each === 'string');
  return {
    isJson: true,
    isError: reportsError(json),
    words: readWords(json, secrets),
    codes: codes.map(foldCode),
    param: param === undefined ? null : redact(param.slice(0, MAX_PARAM_LENGTH), secrets),
    status: codes.map(statusOfCode).find((status) => status !== null) ?? null,
  };
}

/** Lists the objects that may have a code, the most specific first. Gemini's error may be the entry of a list. */
function listErrorObjects(json: unknown): JsonObject[] {
  const root: unknown = Array.isArray(json) ? json[0] : json;
  if (!isJsonObject(root)) return [];
  const errors: unknown = Array.isArray(root.errors) ? root.errors[0] : root.errors;
  const response = isJsonObject(root.response) ? root.response.error : undefined;
  const inner = [root.error, errors, response, root.base_resp, root.detail].filter(isJsonObject);
  const details: unknown = inner[0]?.details;
  const detailed = Array.isArray(details) ? details.slice(0, MAX_DETAILS).filter(isJsonObject) : [];
  return [...inner, ...detailed, root];
}

function readCodes(object: JsonObject): string[] {
  return CODE_KEYS.map((key) => object[key])
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map((value) => String(value).slice(0, MAX_CODE_LENGTH));
}
