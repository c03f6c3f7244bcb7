import { AdvancedJsonSealer } from '../../advanced-json/advanced-json-sealer';
import type { AccountId } from '../../auth/caller';
import { VERSION } from '../../common/version';
import { SecretUndecryptableError } from '../../crypto/crypto.errors';
import type { CryptoService } from '../../crypto/crypto.service';
import type { SealContext } from '../../crypto/seal-context';
import type { ModelCapabilities } from '../../discovery/model-capabilities';
import { ProviderSecrets } from '../../providers/provider-secrets';
import {
  modelRow,
  providerRow,
  selectorOf,
  tableOf,
  NO_CHANGES,
} from '../../routing/engine/fixtures/registry-rows';
import type { RoutedModel, RoutedProvider } from '../../routing/engine/model/routed-registry';
import { resolve } from '../../routing/engine/resolve';
import type { EndpointPath } from '../dialect/endpoint';
import { TargetCache } from './target-cache';

const accountId = 'account' as AccountId;

/** Opens `{context}|text` only in its context. */
function createCache() {
  const opened: string[] = [];
  const crypto = {
    open: (text: string, context: SealContext) => {
      opened.push(text);
      const place = `${context.accountId} ${context.table} ${context.field} ${context.version}|`;
      if (!text.startsWith(place)) return Promise.reject(new SecretUndecryptableError('k'));
      return Promise.resolve(text.slice(place.length));
    },
  } as unknown as CryptoService;
  const capabilities = { find: () => ({ context_length: 1000 }) } as unknown as ModelCapabilities;
  const cache = new TargetCache(new ProviderSecrets(crypto, new AdvancedJsonSealer(crypto)), capabilities);
  return { cache, opened };
}

const KEY = 'account providers api_key 1|sk-secret';

const provider = (differing: Partial<RoutedProvider> = {}) =>
  providerRow('main', { sealedApiKey: KEY, ...differing });

function candidateOf(facts: RoutedProvider, model: Partial<RoutedModel> = {}) {
  return resolve(tableOf(facts, modelRow(facts, 'm', model)), [selectorOf('main^m')], {}).selected!;
}

async function targetOf(facts: RoutedProvider, model: Partial<RoutedModel> = {}) {
  return createCache().cache.get(accountId, candidateOf(facts, model));
}

function headersOf({ headers }: { readonly headers: readonly string[] }): Record<string, string> {
  const pairs: [string, string][] = [];
  for (let index = 0; index < headers.length; index += 2) pairs.push([headers[index]!, headers[index + 1]!]);
  return Object.fromEntries(pairs);
}

describe('TargetCache', () => {
  it('opens the key and the secret headers of provider and model, and merges the settings', async () => {
    const target = await targetOf(
      provider({
        advancedText: JSON.stringify({
          temperature: 1,
          seed: 5,
          timeout_ms: 10,
          max_attempts: 2,
          auth_scheme: 'api-key',
          forward_headers: ['X-Team', 'cookie'],
          extra_headers: { 'X-Secret': '***', 'x-title': 'app' },
        }),
        sealedHeaders: { text: 'account providers extra_headers 7|{"X-Secret":"of provider"}', version: 7 },
      }),
      {
        advancedText: JSON.stringify({
          temperature: 0.5,
          stream_usage: 'off',
          response_model: 'requested',
          extra_headers: { 'X-Own': '***' },
        }),
        sealedHeaders: { text: 'account provider_models extra_headers 2|{"X-Own":"of model"}', version: 2 },
      },
    );
    expect(headersOf(target)).toEqual({
      'user-agent': `caret/${VERSION}`,
      'accept-encoding': 'identity',
      'x-own': 'of model',
      'api-key': 'sk-secret',
    });
    expect([...target.headerNames]).toEqual(Object.keys(headersOf(target)));
    expect(target.secrets).toEqual(['sk-secret', 'of model']);
    expect(target.defaults).toEqual([
      ['temperature', '0.5'],
      ['seed', '5'],
    ]);
    expect(target.forwardHeaders).toEqual(['x-team']);
    expect(target).toMatchObject({
      selector: 'main^m',
      kind: 'openai',
      origin: 'https://api.openai.com',
      isVendorOrigin: true,
      anthropicVersion: null,
      settings: {
        timeoutMs: 10,
        firstByteTimeoutMs: null,
        idleTimeoutMs: null,
        maxAttempts: 2,
        responseModel: 'requested',
        mayAskForUsage: false,
        contextLength: 1000,
      },
    });
  });

  it('reads the version of the API from the setting, or else from the header', async () => {
    const versionOf = async (advancedJson: object) => {
      const target = await targetOf(provider({ advancedText: JSON.stringify(advancedJson) }));
      expect(target.headerNames.has('anthropic-version')).toBe(false);
      return target.anthropicVersion;
    };
    const extra_headers = { 'Anthropic-Version': '2024-01-01' };
    expect(await versionOf({ anthropic_version: '2023-06-01', extra_headers })).toBe('2023-06-01');
    expect(await versionOf({ extra_headers })).toBe('2024-01-01');
    expect(await versionOf({})).toBeNull();
  });

  it('ignores stored settings that validation rejects', async () => {
    const advancedText = JSON.stringify({ max_attempts: 99, idle_timeout_ms: 'x', response_model: 5 });
    const { settings } = await targetOf(provider({ advancedText }));
    expect(settings).toMatchObject({ maxAttempts: null, idleTimeoutMs: null, responseModel: null });
  });

  const complete = '{"complete_base_url":true}';
  const azure = '{"extra_query":{"api-version":"2024-10-21"}}';
  it.each<[RoutedProvider['kind'], string, string, EndpointPath, boolean, string]>([
    ['openai', 'https://api.openai.com/v1', '{}', 'chat/completions', false, '/v1/chat/completions'],
    ['openai', 'https://api.openai.com/v1', complete, 'embeddings', false, '/v1/embeddings'],
    ['openai', 'https://h.example/api', '{}', 'responses/compact', false, '/api/responses/compact'],
    ['openai', 'https://h.example', complete, 'responses', false, '/responses'],
    [
      'openai',
      'https://r.openai.azure.com/openai/v1',
      azure,
      'responses',
      true,
      '/openai/v1/responses?api-version=2024-10-21&beta=true',
    ],
    ['anthropic', 'https://api.anthropic.com', '{}', 'messages', true, '/v1/messages?beta=true'],
    ['anthropic', 'https://api.anthropic.com', complete, 'messages', false, '/v1/messages'],
    ['anthropic', 'https://h.example', '{}', 'messages/count_tokens', false, '/v1/messages/count_tokens'],
    ['anthropic', 'https://h.example/x', complete, 'messages', false, '/x/messages'],
  ])('calls %s at %s with %s: %s, beta %s', async (kind, baseUrl, advancedText, endpoint, isBeta, path) => {
    const target = await targetOf(provider({ kind, baseUrl, advancedText }));
    expect(target.pathOf(endpoint, isBeta)).toBe(path);
    expect(target.pathOf(endpoint, isBeta)).toBe(path);
  });

  it('returns the same target without a promise until the provider or the model changes', async () => {
    const { cache, opened } = createCache();
    const facts = provider();
    const row = modelRow(facts, 'm');
    const table = tableOf(facts, row);
    const candidate = () => resolve(table, [selectorOf('main^m')], {}).selected!;
    const first = await cache.get(accountId, candidate());
    expect(cache.get(accountId, candidate())).toBe(first);
    expect(opened).toHaveLength(1);
    table.apply(2, { ...NO_CHANGES, models: [{ ...row, multiplier: 2 }] });
    const second = cache.get(accountId, candidate());
    expect(second).toBeInstanceOf(Promise);
    expect((await second).rates.multiplier).toBe(2);
    table.apply(3, {
      ...NO_CHANGES,
      providers: [{ ...facts, sealedApiKey: 'account providers api_key 2|sk-new', secretVersion: 2 }],
    });
    expect(headersOf(await cache.get(accountId, candidate()))).toMatchObject({
      authorization: 'Bearer sk-new',
    });
    expect(opened).toHaveLength(3);
  });

  it('rejects with 409 if a secret does not open, and does not cache that', async () => {
    const { cache, opened } = createCache();
    const candidate = candidateOf(provider({ secretVersion: 2 }));
    for (let turn = 1; turn <= 2; turn++) {
      await expect(cache.get(accountId, candidate)).rejects.toMatchObject({
        kind: 'conflict',
        code: 'llm_providers.secret_undecryptable',
      });
      expect(opened).toHaveLength(turn);
    }
  });
});
