import { type AuthScheme, isAuthScheme, modelsPathProblem } from '../advanced-json/provider-settings';
import { buildEndpointUrl, type EndpointPath, parseBaseUrl } from './base-url';
import { knownListPath } from './known-hosts';
import type { UpstreamTarget } from './upstream-target';

/** How the key is sent: the provider's choice, or else what the API of its kind takes. */
export function authSchemeOf({ kind, advancedJson }: UpstreamTarget): AuthScheme {
  const { auth_scheme: chosen } = advancedJson;
  if (isAuthScheme(chosen)) return chosen;
  return kind === 'anthropic' ? 'x-api-key' : 'bearer';
}

/** Whether nothing is put between the base URL and the path of a call. */
export function hasCompleteBaseUrl(
  advancedJson: Readonly<Record<string, unknown>> | null | undefined,
): boolean {
  return advancedJson?.complete_base_url === true;
}

/** Returns the URL of a call, without its query. */
export function buildCallUrl(target: UpstreamTarget, path: EndpointPath): URL {
  const { kind, baseUrl, advancedJson } = target;
  const url = buildEndpointUrl(kind, baseUrl, path, hasCompleteBaseUrl(advancedJson));
  return path === '/models' ? (buildListUrl(target, url) ?? url) : url;
}

/** Returns where the list is if it is not below the base URL: always at the same origin. */
function buildListUrl({ kind, baseUrl, advancedJson }: UpstreamTarget, url: URL): URL | null {
  const { models_path: path } = advancedJson;
  const base = parseBaseUrl(kind, baseUrl);
  const listPath = typeof path === 'string' && modelsPathProblem(path) === null ? path : knownListPath(base);
  if (listPath === null) return null;
  const list = new URL(url);
  list.pathname = listPath;
  return list;
}
