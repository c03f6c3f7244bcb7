import { saysMissingRoute, saysNotSupported } from '../../upstream/adapters/chat-only';
import { INVALID_KEY } from '../../upstream/upstream-rejection';
import { type ErrorFacts } from './error-facts';

/** The words and codes of an error, as decisions on them read both. */
export class ErrorMeaning {
  private readonly codes: ReadonlySet<string>;
  /** Without quoted parts, because they may repeat what the caller wrote. */
  private readonly words: string;

  constructor(
    private readonly status: number,
    facts: ErrorFacts,
  ) {
    this.codes = new Set(facts.codes);
    this.words = unquote(facts.words ?? '');
  }

  /** Whether the account has no money or quota left. Words do not count if a wait is known, which no money needs. */
  isOutOfQuota(hasWait: boolean): boolean {
    if (this.status === 402 || this.hasCode(QUOTA_CODES)) return true;
    if (hasWait || this.codes.has('resourceexhausted')) return false;
    return QUOTA_STATUSES.has(this.status) && QUOTA.test(this.words);
  }

  isContextTooLong(): boolean {
    return CONTEXT_STATUSES.has(this.status) && (this.hasCode(CONTEXT_CODES) || CONTEXT.test(this.words));
  }

  isModelMissing(): boolean {
    if (this.hasCode(MODEL_CODES)) return true;
    if (!MODEL_STATUSES.has(this.status) || CALLERS_OBJECT.test(this.words)) return false;
    return MODEL.test(this.words) || (this.status === 404 && /^model: ?/.test(this.words));
  }

  /** Whether a server does not have the route, whatever the caller sends. */
  isRouteMissing(): boolean {
    if (this.status === 403) return /missing authentication token/i.test(this.words);
    if (this.status !== 404 && this.status !== 405) return this.status === 501;
    return this.words === '' || NO_ROUTE.test(this.words) || saysMissingRoute(this.words);
  }

  /** Whether a server that has chat completions lacks the Responses API. */
  isResponsesMissing(): boolean {
    const { status, words } = this;
    if (status === 404 || status === 405) return !CALLERS_OBJECT.test(words);
    if (this.codes.has('convertrequestfailed')) return true;
    if (status >= 500) return /not implemented|unimplemented/i.test(words);
    if (status !== 400 && status !== 422) return false;
    return CHAT_REQUEST.test(words) || (/\bresponses\b/i.test(words) && saysNotSupported(words));
  }

  isKeyInvalid(): boolean {
    return this.hasCode(KEY_CODES) || INVALID_KEY.test(this.words);
  }

  /** Whether a moderation in front of the model rejected what the caller wrote. */
  isContentRejected(): boolean {
    return this.hasCode(CONTENT_CODES) || CONTENT.test(this.words);
  }

  private hasCode(codes: readonly string[]): boolean {
    return codes.some((code) => this.codes.has(code));
  }
}

const QUOTA_CODES = [
  'insufficientquota',
  'billingerror',
  'billinghardlimitreached',
  'billingnotactive',
  'insufficientbalance',
  'insufficientcredits',
  'insufficientfunds',
  'insufficientuserquota',
  'exceededcurrentquotaerror',
  'paymentrequired',
  'arrearage',
];
/** 502 stands for an error with status 200 that names no other. */
const QUOTA_STATUSES = new Set([400, 403, 412, 429, 502]);
const QUOTA =
  /credit balance is too low|insufficient (account )?(balance|credits?|funds|quota)|exceeded your current quota|(run|ran) out of credits|used all available credits|monthly (included credits|spending limit)|billing hard limit|account is (not active|in arrears)|余额不足|欠费/i;

const CONTEXT_STATUSES = new Set([400, 413, 422]);
const CONTEXT_CODES = ['contextlengthexceeded', 'contextwindowexceeded', 'modelcontextwindowexceeded'];
const CONTEXT =
  /maximum context length|context (length|window|size|limit)\b.{0,60}(exceed|too (long|small))|exceed.{0,60}\bcontext (length|window|size|limit)|(prompt|input|request) is too long|input (token count|length).{0,40}exceeds|too many (input |total )?tokens|reduce the length of (the|your) (messages|prompt|input)|too large for model with/i;

const MODEL_STATUSES = new Set([400, 403, 404, 410, 422]);
const MODEL_CODES = [
  'modelnotfound',
  'modelnotfounderror',
  'modelnotavailable',
  'modelnotexist',
  'modelnotsupported',
  'modeldecommissioned',
  'modeldeprecated',
  'invalidmodel',
  'unknownmodel',
  'nosuchmodel',
  'deploymentnotfound',
];
const MODEL = new RegExp(
  [
    String.raw`\b(models?|deployment)\b.{0,160}\b(does not|doesn't|do not|not) exist`,
    String.raw`\b(models?|deployment)\b.{0,160}\bnot (found|available|deployed|loaded)\b`,
    String.raw`\bmodel\b.{0,80}\bhas been (deprecated|decommissioned|retired|discontinued)`,
    String.raw`\bmodel\b.{0,40}\bis not (a )?(valid|recognized)\b`,
    String.raw`\bmodel identifier is invalid`,
    String.raw`\b(unknown|invalid|no such|unsupported) model\b`,
    String.raw`not a valid model\b`,
    String.raw`not found the model\b`,
    String.raw`no endpoints found for`,
    String.raw`unable to access model\b`,
    String.raw`not have access to (the )?model\b`,
    String.raw`\bfunction\b.{0,80}: not found for account`,
    '模型不存在',
  ].join('|'),
  'i',
);

/** What a caller names by an id of its own, whose absence is the caller's error. Not as a part of a model's name. */
const CALLERS_OBJECT =
  /(?<![\w-])(file|upload|response|conversation|container|vector.store|item|tool|prompt|image|thread|assistant|batch|document|skill)s?(?![\w-])/i;

/** Words of a server or proxy that knows the path of no such route. */
const NO_ROUTE =
  /^(404:? ?)?(error:? ?)?(the )?(requested )?(page|resource|endpoint)? ?(was |is )?not found\.?$|^(405:? ?)?method not allowed\.?$|^cannot (post|get)\b/i;

/** The request is of another API: a server for chat completions misses `messages`, or does not know `input`. */
const CHAT_REQUEST =
  /\bmessages\b.{0,60}(required|missing)|\binput\b.{0,20}(extra|unknown|unrecognized)|(unknown|unrecognized|unexpected|extra)\b.{0,40}\binput\b/i;

const KEY_CODES = ['invalidapikey', 'apikeyinvalid'];

const CONTENT_CODES = ['contentpolicyviolation', 'contentfilter', 'moderation'];
const CONTENT = /\bflagged\b|content (policy|filter|management)|moderation/i;

/** Removes the parts of a text in quotes. An apostrophe within a word opens none. */
function unquote(words: string): string {
  return words.replace(/"[^"]*"|`[^`]*`|(?<![\p{L}\d])'[^']*'(?![\p{L}\d])/gu, ' ').trim();
}
