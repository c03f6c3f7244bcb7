import { invalidBaseUrl } from './base-url';
import { isOllamaHost } from './known-hosts';

/** Ends of the URLs of single endpoints, which users copy from a vendor's documentation. Nothing is below them. */
const ENDPOINTS =
  /\/(chat\/completions|completions|responses|embeddings|messages|models|images\/generations|audio\/(speech|transcriptions)|moderations|rerank)$/i;
/** Ollama's native API. Its compatible endpoint is below `/v1`. */
const OLLAMA_API = /\/api(\/(chat|generate|tags|embed|embeddings|show|version))?$/i;
/** Azure's Model Inference API is below `/models`: https://learn.microsoft.com/rest/api/aifoundry/modelinference */
const BELOW_MODELS = /\.(services|inference)\.ai\.azure\.com$/;

/**
 * Rejects the URL of a single endpoint as a base URL, because every call would add its own path to it. Takes a normalised
 * URL. Throws `validation.failed` for `/base_url`. Stored base URLs are not checked.
 */
export function assertNoEndpoint(baseUrl: string): void {
  const url = new URL(baseUrl);
  const { hostname, pathname } = url;
  const [end] = (isOllamaHost(url) && OLLAMA_API.exec(pathname)) || (ENDPOINTS.exec(pathname) ?? []);
  if (end === undefined || (/^\/models$/i.test(end) && BELOW_MODELS.test(hostname))) return;
  url.pathname = pathname.slice(0, -end.length);
  throw invalidBaseUrl(
    'endpoint',
    `Must not end with "${end}", which each call adds itself. Send ${suggest(url)}.`,
  );
}

function suggest(url: URL): string {
  return url.href.replace(/\/$/, '');
}
