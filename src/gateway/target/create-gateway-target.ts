import { VERSION } from '../../common/version';
import { ratesOf } from '../../cost/model-rates';
import type { RoutedModel, RoutedProvider } from '../../routing/engine/model/routed-registry';
import { originOf, VENDOR_ORIGINS } from '../../upstream/base-url';
import { buildCallUrl } from '../../upstream/call-settings';
import { buildAuthHeaders } from '../../upstream/client/auth-headers';
import {
  listExtraHeaders,
  listExtraQuery,
  listSecrets,
  selectDefaultParameters,
  type UpstreamTarget,
} from '../../upstream/upstream-target';
import type { EndpointPath } from '../dialect/endpoint';
import type { GatewayTarget } from './gateway-target';
import { listForwardHeaders, readTargetSettings } from './target-settings';

/** The header that `advanced_json.anthropic_version` sets. */
const VERSION_HEADER = 'anthropic-version';

/** What a target is created from. */
export interface TargetParts {
  readonly provider: RoutedProvider;
  readonly model: RoutedModel;
  /** The merged configuration, with the key and the secret headers in plain text. */
  readonly upstream: UpstreamTarget;
  /** Tokens, or null if unknown. */
  readonly contextLength: number | null;
}

/** Computes once what each call of a model needs. Throws `validation.failed` for a corrupt base URL. */
export function createGatewayTarget({
  provider,
  model,
  upstream,
  contextLength,
}: TargetParts): GatewayTarget {
  const { kind, baseUrl } = upstream;
  const origin = originOf(kind, baseUrl);
  const { [VERSION_HEADER]: versionHeader, ...extraHeaders } = listExtraHeaders(upstream);
  const headers = {
    'user-agent': `caret/${VERSION}`,
    'accept-encoding': 'identity',
    ...extraHeaders,
    ...buildAuthHeaders(upstream),
  };
  const { anthropic_version: version } = upstream.advancedJson;
  return {
    provider,
    model,
    kind,
    selector: `${provider.name}^${model.model}`,
    origin,
    isVendorOrigin: VENDOR_ORIGINS.includes(origin),
    headers: Object.entries(headers).flat(),
    headerNames: new Set(Object.keys(headers)),
    forwardHeaders: listForwardHeaders(upstream),
    anthropicVersion: isHeaderWord(version) ? version : (versionHeader ?? null),
    defaults: listDefaults(upstream),
    settings: readTargetSettings(upstream, contextLength),
    rates: ratesOf(model),
    secrets: listSecrets(upstream),
    pathOf: createPaths(upstream),
  };
}

function isHeaderWord(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

function listDefaults(upstream: UpstreamTarget): GatewayTarget['defaults'] {
  return Object.entries(selectDefaultParameters(upstream)).map(([name, value]) => [
    name,
    JSON.stringify(value),
  ]);
}

/** Returns a function that computes each path and query once. */
function createPaths(upstream: UpstreamTarget): GatewayTarget['pathOf'] {
  const paths = new Map<EndpointPath, string>();
  const betaPaths = new Map<EndpointPath, string>();
  return (endpoint, isBeta) => {
    const known = isBeta ? betaPaths : paths;
    let path = known.get(endpoint);
    if (path === undefined) known.set(endpoint, (path = buildPath(upstream, endpoint, isBeta)));
    return path;
  };
}

function buildPath(upstream: UpstreamTarget, endpoint: EndpointPath, isBeta: boolean): string {
  const url = buildCallUrl(upstream, `/${endpoint}`);
  for (const [name, value] of listExtraQuery(upstream)) url.searchParams.set(name, value);
  if (isBeta) url.searchParams.set('beta', 'true');
  return url.pathname + url.search;
}
