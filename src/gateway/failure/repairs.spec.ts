import { createFailure, type Failure } from './failure';
import { findRepair, keepBetaFlags, type Repair, type SentFacts } from './repairs';

const NOTHING: SentFacts = {
  repairs: [],
  insertedUsage: false,
  betaFlags: [],
  hasCacheMarks: false,
  encodingFormat: null,
  hasReasoningHistory: false,
  isVendorOrigin: false,
};
const FLAGS = ['claude-code-20250219', 'context-1m-2025-08-07'];

const rejected = (evidence: string, status = 400): Failure =>
  createFailure('invalid_request', { status, evidence });

describe('findRepair', () => {
  it.each<[string, Partial<SentFacts>, Repair]>([
    ["Unknown parameter: 'stream_options'.", { insertedUsage: true }, { name: 'stream_usage', only: null }],
    ['extra_forbidden: include_usage', { insertedUsage: true }, { name: 'stream_usage', only: null }],
    [
      'Unexpected value(s) `context-1m-2025-08-07` for the `anthropic-beta` header.',
      { betaFlags: FLAGS },
      { name: 'beta_flags', only: [FLAGS[1]!] },
    ],
    ['invalid beta flag', { betaFlags: FLAGS }, { name: 'beta_flags', only: null }],
    [
      'tools.0.cache_control: Extra inputs are not permitted',
      { hasCacheMarks: true },
      { name: 'cache_marks', only: null },
    ],
    [
      'cache_control.ttl: Extra inputs are not permitted',
      { hasCacheMarks: true },
      { name: 'cache_marks', only: ['ttl'] },
    ],
    [
      'encoding_format base64 is not supported',
      { encodingFormat: 'base64' },
      { name: 'encoding_format', only: null },
    ],
    [
      'messages.1.content.0: Invalid `signature` in `thinking` block',
      { hasReasoningHistory: true },
      { name: 'reasoning_history', only: null },
    ],
    [
      'The encrypted content could not be verified. invalidencryptedcontent',
      { hasReasoningHistory: true },
      { name: 'reasoning_history', only: null },
    ],
    [
      '`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified',
      { hasReasoningHistory: true },
      { name: 'reasoning_history', only: null },
    ],
  ])('finds the repair for %j', (evidence, sent, repair) => {
    expect(findRepair(rejected(evidence), { ...NOTHING, ...sent })).toEqual(repair);
    expect(findRepair(rejected(evidence, 422), { ...NOTHING, ...sent })).toEqual(repair);
  });

  it.each<[string, Partial<SentFacts>]>([
    ['stream_options is unknown', {}],
    ['invalid beta flag', {}],
    ['invalid beta flag', { betaFlags: FLAGS, isVendorOrigin: true }],
    ['cache_control: Extra inputs are not permitted', {}],
    ['cache_control: Extra inputs are not permitted', { hasCacheMarks: true, isVendorOrigin: true }],
    ['encoding_format is not supported', { encodingFormat: 'float' }],
    ['encoding_format is not supported', { encodingFormat: null }],
    ['Invalid `signature` in `thinking` block', {}],
    [
      'n must be 1',
      {
        insertedUsage: true,
        betaFlags: FLAGS,
        hasCacheMarks: true,
        hasReasoningHistory: true,
        encodingFormat: 'base64',
      },
    ],
  ])('finds none for %j with %j', (evidence, sent) => {
    expect(findRepair(rejected(evidence), { ...NOTHING, ...sent })).toBeNull();
  });

  it.each<[Failure]>([
    [rejected('stream_options', 404)],
    [rejected('stream_options', 413)],
    [createFailure('upstream_error', { status: 500, evidence: 'stream_options' })],
    [createFailure('context_length_exceeded', { status: 400, evidence: 'stream_options' })],
  ])('finds none for another failure: %j', (failure) => {
    expect(findRepair(failure, { ...NOTHING, insertedUsage: true })).toBeNull();
  });

  it('removes cache marks if it does not suffice to remove their ttl, and then nothing more', () => {
    const failure = rejected('cache_control.ttl: not permitted');
    const sent = { ...NOTHING, hasCacheMarks: true };
    const ttl = findRepair(failure, sent)!;
    const all = findRepair(failure, { ...sent, repairs: [ttl] })!;
    expect(all).toEqual({ name: 'cache_marks', only: null });
    expect(findRepair(failure, { ...sent, repairs: [ttl, all] })).toBeNull();
  });

  it.each<[string, Partial<SentFacts>]>([
    ['bad signature', { hasReasoningHistory: true }],
    ['bad encoding_format', { encodingFormat: 'base64' }],
  ])('finds a repair only once: %s', (evidence, facts) => {
    const sent = { ...NOTHING, ...facts };
    const repair = findRepair(rejected(evidence), sent)!;
    expect(findRepair(rejected(evidence), { ...sent, repairs: [repair] })).toBeNull();
  });
});

describe('keepBetaFlags', () => {
  it.each<[Repair[], string[]]>([
    [[], FLAGS],
    [[{ name: 'cache_marks', only: null }], FLAGS],
    [[{ name: 'beta_flags', only: [FLAGS[0]!] }], [FLAGS[1]!]],
    [[{ name: 'beta_flags', only: ['unknown'] }], FLAGS],
    [
      [
        { name: 'beta_flags', only: [FLAGS[0]!] },
        { name: 'beta_flags', only: [FLAGS[1]!] },
      ],
      [],
    ],
    [[{ name: 'beta_flags', only: null }], []],
  ])('applies %j', (repairs, left) => {
    expect(keepBetaFlags(FLAGS, repairs)).toEqual(left);
  });
});
