import type { AccountId } from '../auth/caller';
import { foldedModelKey } from '../common/identity-key';
import { type ModelHost, ModelCapabilities } from './model-capabilities';
import { PriceCatalogue } from './price-catalogue';

const ACCOUNT = 'account' as AccountId;
const OTHER = 'other' as AccountId;
const VENDOR: ModelHost = { id: 'p1', kind: 'openai', baseUrl: 'https://api.openai.com/v1' };
const HOST: ModelHost = { ...VENDOR, baseUrl: 'http://127.0.0.1:8080/v1' };

describe('ModelCapabilities', () => {
  let capabilities: ModelCapabilities;
  beforeEach(() => {
    capabilities = new ModelCapabilities(new PriceCatalogue());
  });
  const offered = (id: string, more: object) => ({
    ...{ id, name: id, position: 0, callable: null, lifecycle: null, chat: null, ...more },
  });
  const offer = (id: string, more: object, otherKeys: ReadonlyMap<string, string> = new Map()) => ({
    models: [offered(id, more)],
    keys: [foldedModelKey(id)],
    otherKeys,
  });

  it('returns the capabilities in the catalogue at the vendor only', () => {
    expect(capabilities.find(ACCOUNT, VENDOR, 'gpt-4o')).toEqual({ context_length: 128_000 });
    expect(capabilities.find(ACCOUNT, HOST, 'gpt-4o')).toEqual({});
    expect(capabilities.find(ACCOUNT, VENDOR, 'toString')).toEqual({});
  });

  it('prefers the last list of the upstream and ignores the case of names', () => {
    capabilities.remember(ACCOUNT, VENDOR, offer('GPT-4o', { type: 'chat' }));
    expect(capabilities.find(ACCOUNT, VENDOR, 'gpt-4O')).toMatchObject({ type: 'chat' });
    expect(capabilities.find(ACCOUNT, VENDOR, 'gpt-4o')).toEqual({ type: 'chat', context_length: 128_000 });
    capabilities.remember(ACCOUNT, VENDOR, offer('gpt-4o', { context_length: 5 }));
    expect(capabilities.find(ACCOUNT, VENDOR, 'gpt-4o')).toEqual({ context_length: 5 });
  });

  it('finds a model by the other spelling of its name', () => {
    const others = new Map([[foldedModelKey('models/x'), foldedModelKey('x')]]);
    capabilities.remember(ACCOUNT, HOST, offer('models/x', { context_length: 5 }, others));
    expect(capabilities.find(ACCOUNT, HOST, 'x')).toEqual({ context_length: 5 });
  });

  it.each([
    ['another provider', { id: 'p2' }],
    ['another base URL', { baseUrl: 'http://127.0.0.1:8081/v1' }],
    ['another kind', { kind: 'anthropic' as const }],
  ])('does not apply the list of an upstream to %s', (_what, other) => {
    capabilities.remember(ACCOUNT, HOST, offer('m', { type: 'chat', context_length: 5 }));
    expect(capabilities.find(ACCOUNT, HOST, 'm')).toEqual({ type: 'chat', context_length: 5 });
    expect(capabilities.find(ACCOUNT, { ...HOST, ...other }, 'm')).toEqual({});
  });

  it('keeps the lists of an account, however many models the upstreams of another list', () => {
    capabilities.remember(ACCOUNT, HOST, offer('m', { type: 'chat' }));
    const keys = Array.from({ length: 50_000 }, (_, index) => `model-${index}`);
    const models = keys.map((key) => offered(key, {}));
    for (let index = 0; index < 6; index++) {
      capabilities.remember(OTHER, { ...HOST, id: `p${index + 2}` }, { models, keys, otherKeys: new Map() });
    }
    expect(capabilities.find(ACCOUNT, HOST, 'm')).toEqual({ type: 'chat' });
    expect([capabilities.versionFor(ACCOUNT), capabilities.versionFor(OTHER)]).toEqual([1, 6]);
  });
});
