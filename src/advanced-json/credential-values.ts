import { isCredentialName } from './credential-names';

/**
 * Keys in the formats of OpenAI, Anthropic, Groq, xAI, Hugging Face, NVIDIA, Stripe, Google, GitHub, GitLab, Slack and
 * AWS, and JSON Web Tokens (RFC 7519). A digit separates a key from words such as `sk-learn` and `hf-internal-testing`.
 */
const KEYS = [
  String.raw`sk[-_](?:(?:live|test|proj|svcacct|admin|ant|or|lf)[-_][\w-]|[\w-]{20})[\w-]*`,
  String.raw`(?:sk|gsk|xai|hf|nvapi)[-_](?=[\w-]*\d)[\w-]{6,}`,
  String.raw`[pr]k[-_](?=[\w-]*\d)[\w-]{12,}`,
  String.raw`AIza[\w-]{10,}`,
  String.raw`gh[opsur]_\w{20,}`,
  String.raw`github_pat_\w{20,}`,
  String.raw`glpat-[\w-]{16,}`,
  String.raw`xox[abeprs]-[\w-]{10,}`,
  String.raw`A[KS]IA[A-Z0-9]{16}`,
  String.raw`eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*`,
].join('|');
/** Values of the header `Authorization`. A digit or a length of 20 separates `Bearer aV3x…` from `Basic English`. */
const SCHEMES = String.raw`(?:[Bb]earer|[Bb]asic)\s+(?=[\w.~+/=-]*\d|[\w.~+/=-]{20})[\w.~+/=-]{6,}`;
/** RFC 7468 §10. */
const PRIVATE_KEY = '-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----';
/** A key starts where a word starts, so that each word is read once. */
const CREDENTIAL = new RegExp(String.raw`(?<![\w-])(?:${KEYS}|${SCHEMES})|${PRIVATE_KEY}`);

const POSSIBLE = [
  String.raw`(?:sk|pk|rk|gsk|xai|hf|nvapi)[-_][^\s"',;]{6,}`,
  String.raw`AIza[^\s"',;]{6,}`,
  String.raw`(?:Bearer|Basic)\s+[^\s"',;]+`,
].join('|');
/** Text that may be a credential. `redact` removes more than `isCredentialValue` rejects, because a message loses nothing else. */
export const POSSIBLE_CREDENTIALS = new RegExp(String.raw`\b(?:${POSSIBLE})|(?<![\w-])(?:${KEYS})`, 'gi');

const MIN_LENGTH = 6;
/** `OPENAI_API_KEY=…` of an environment and `--api-key=…` of a command line. */
const ASSIGNMENT = /^(?:--?([A-Za-z][\w-]{0,127})|([A-Z][A-Z0-9_]{0,127}))=[^\s]/;
const FLAG = /^--([A-Za-z][\w-]{0,127})$/;
const WEB_ADDRESS = /^[a-z][a-z0-9+.-]{0,20}:\/\/\S+$/i;
const USER_AND_PASSWORD = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#@:]*:[^/?#@]+@/i;
const MAX_QUERY_PARAMETERS = 50;

/**
 * Returns whether a text contains a credential, whatever its name: a key in the format of a vendor, the value of an
 * `Authorization` header, or a URL, environment variable or command line argument with a credential. Takes time
 * proportional to the length of the text.
 */
export function isCredentialValue(text: string): boolean {
  if (text.length < MIN_LENGTH) return false;
  if (CREDENTIAL.test(text)) return true;
  const assigned = ASSIGNMENT.exec(text);
  if (assigned) return isCredentialName((assigned[1] ?? assigned[2])!);
  return WEB_ADDRESS.test(text) && hasCredentialInUrl(text);
}

/** Returns whether the argument after `text` on a command line is a credential, as after `--api-key`. */
export function isCredentialFlag(text: string): boolean {
  const [, name] = FLAG.exec(text) ?? [];
  return name !== undefined && isCredentialName(name);
}

function hasCredentialInUrl(url: string): boolean {
  if (USER_AND_PASSWORD.test(url)) return true;
  const start = url.indexOf('?');
  if (start < 0) return false;
  return url
    .slice(start + 1)
    .split('&', MAX_QUERY_PARAMETERS)
    .some((parameter) => {
      const end = parameter.indexOf('=');
      return end > 0 && end < parameter.length - 1 && isCredentialName(parameter.slice(0, end));
    });
}
