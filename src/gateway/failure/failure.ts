/** What a failure means for the targets of a call. `failure-policy.ts` says what follows from each kind. */
export type FailureKind =
  /** Caret did not send the call or drops its response: a denied address, or no room. Says nothing about the upstream. */
  | 'not_sent'
  /** The upstream is unreachable, fails, or sends what is no response. */
  | 'unavailable'
  | 'rate_limited'
  /** The account at the upstream has no money or quota left. */
  | 'quota'
  /** The upstream rejects the provider's credentials. */
  | 'auth'
  | 'model_missing'
  /** The upstream does not have the endpoint. */
  | 'endpoint_missing'
  /** The input is too long for the model. */
  | 'context_length'
  /** The request itself is wrong, so every target would reject it. */
  | 'invalid_request';

/** What happened, for logs, metrics and the ledger. A closed set, because metrics have it as a label. */
export type FailureCode = keyof typeof FAILURE_CODES;

export interface CodeMeaning {
  readonly kind: FailureKind;
  /** Completes the sentence "anthropic-main^claude-x …". Absent: "responded with 503". */
  readonly phrase?: string;
}

export const FAILURE_CODES = {
  egress_denied: { kind: 'not_sent', phrase: 'has an address that Caret may not call' },
  too_many_calls: { kind: 'not_sent', phrase: 'has too many calls in progress' },
  no_memory: { kind: 'not_sent', phrase: 'sent more than Caret has memory for now' },
  name_not_resolved: { kind: 'unavailable', phrase: 'did not resolve' },
  connection_refused: { kind: 'unavailable', phrase: 'refused the connection' },
  connection_reset: { kind: 'unavailable', phrase: 'reset the connection' },
  certificate_invalid: { kind: 'unavailable', phrase: 'has an invalid certificate' },
  upstream_unreachable: { kind: 'unavailable', phrase: 'could not be reached' },
  upstream_timeout: { kind: 'unavailable', phrase: 'did not respond in time' },
  upstream_redirected: { kind: 'unavailable', phrase: 'sent a redirect' },
  upstream_invalid_response: { kind: 'unavailable', phrase: 'sent an invalid response' },
  upstream_truncated: { kind: 'unavailable', phrase: 'ended its response too early' },
  upstream_overloaded: { kind: 'unavailable' },
  upstream_error: { kind: 'unavailable' },
  rate_limit_exceeded: { kind: 'rate_limited' },
  upstream_quota: { kind: 'quota' },
  upstream_auth_failed: { kind: 'auth', phrase: "rejected the provider's credentials" },
  model_not_found: { kind: 'model_missing' },
  endpoint_not_found: { kind: 'endpoint_missing', phrase: 'does not have this endpoint' },
  context_length_exceeded: { kind: 'context_length' },
  content_rejected: { kind: 'invalid_request', phrase: 'rejected the content of the request' },
  invalid_request: { kind: 'invalid_request' },
} as const satisfies Record<string, CodeMeaning>;

/** One failed attempt. */
export interface Failure {
  readonly kind: FailureKind;
  readonly code: FailureCode;
  /** The HTTP status, or the one that an error within a response stands for. Null if there was no response. */
  readonly status: number | null;
  /** The upstream's words for the caller, redacted, at most 200 characters. Null for rejected credentials. */
  readonly words: string | null;
  /** More of the words, redacted, with the code and the field that the error names. Only for decisions. */
  readonly evidence: string;
  /** Milliseconds that the upstream asks to wait, from 1 s to 10 min. Known for every `rate_limited` failure. */
  readonly retryAfterMs: number | null;
  /** Whether the failure concerns the model or all models of the provider. */
  readonly scope: 'model' | 'provider';
}

type KnownFacts = Partial<Omit<Failure, 'kind' | 'code' | 'scope'>> & {
  readonly isOrganisationWide?: boolean;
};

/** Creates the failure of a code. `facts` is what is known besides. */
export function createFailure(code: FailureCode, facts: KnownFacts = {}): Failure {
  const { kind } = FAILURE_CODES[code];
  const isProvider = kind === 'quota' || kind === 'auth' || facts.isOrganisationWide === true;
  return {
    kind,
    code,
    status: facts.status ?? null,
    words: facts.words ?? null,
    evidence: facts.evidence ?? '',
    retryAfterMs: facts.retryAfterMs ?? null,
    scope: isProvider ? 'provider' : 'model',
  };
}
