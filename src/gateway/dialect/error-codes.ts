/** The statuses of error codes and types of OpenAI, Anthropic and Google, as {@link foldCode} returns them. */
const STATUSES = new Map([
  ['invalidrequesterror', 400],
  ['invalidargument', 400],
  ['failedprecondition', 400],
  ['contextlengthexceeded', 400],
  ['stringabovemaxlength', 400],
  ['contentfilter', 400],
  ['contentpolicyviolation', 400],
  ['emptyimagefile', 400],
  ['failedtodownloadimage', 400],
  ['authenticationerror', 401],
  ['invalidapikey', 401],
  ['unauthenticated', 401],
  ['billingerror', 402],
  ['permissionerror', 403],
  ['permissiondenied', 403],
  ['insufficientpermissions', 403],
  ['notfounderror', 404],
  ['notfound', 404],
  ['modelnotfound', 404],
  ['requesttoolarge', 413],
  ['ratelimiterror', 429],
  ['ratelimitexceeded', 429],
  ['resourceexhausted', 429],
  ['insufficientquota', 429],
  ['toomanyrequests', 429],
  ['requests', 429],
  ['tokens', 429],
  ['apierror', 500],
  ['servererror', 500],
  ['internalservererror', 500],
  ['internalerror', 500],
  ['internal', 500],
  ['overloadederror', 529],
  ['overloaded', 503],
  ['serverisoverloaded', 503],
  ['engineoverloadederror', 503],
  ['slowdown', 503],
  ['unavailable', 503],
  ['serviceunavailable', 503],
  ['serviceunavailableerror', 503],
  ['timeouterror', 504],
  ['timeout', 504],
  ['vectorstoretimeout', 504],
  ['deadlineexceeded', 504],
]);

/** Codes of requests that a vendor rejects, such as `invalid_prompt` and `image_too_large`. Folded. */
const REJECTED = /^(?:invalid|unsupported|image)/;

/** Folds the spellings of an error code: `MODEL_NOT_FOUND`, `ModelNotFound` and `model-not-found`. */
export function foldCode(code: string): string {
  return code.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Returns the HTTP status that an error code stands for: its number, or that of its name. Null if unknown. */
export function statusOfCode(code: string): number | null {
  if (/^[45]\d\d$/.test(code)) return Number(code);
  const folded = foldCode(code);
  return STATUSES.get(folded) ?? (REJECTED.test(folded) ? 400 : null);
}
