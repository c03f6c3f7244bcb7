/** Where vendors that do not list models below their base URL have the list. Each has one origin. */
const LIST_PATHS: readonly { readonly host: RegExp; readonly path: (pathname: string) => string | null }[] = [
  // https://docs.github.com/rest/models/catalog
  { host: /^models\.github\.ai$/, path: () => '/catalog/models' },
  // https://developers.cloudflare.com/api/resources/ai/subresources/models/methods/list
  {
    host: /^api\.cloudflare\.com$/,
    path: (pathname) => replaceEnd(pathname, /\/ai(\/v1)?$/, '/ai/models/search'),
  },
];

/** Free endpoints that accept only a valid key, below the base URL. */
const KEY_PATHS: readonly { readonly host: RegExp; readonly path: string }[] = [
  // https://openrouter.ai/docs/api-reference/api-keys/get-current-api-key
  { host: /^openrouter\.ai$/, path: '/key' },
  // https://vercel.com/docs/ai-gateway/usage
  { host: /^ai-gateway\.vercel\.sh$/, path: '/credits' },
];

/** https://ai.google.dev/gemini-api/docs/openai and https://cloud.google.com/vertex-ai */
const GOOGLE = /(^|[.-])(generativelanguage|aiplatform)\.googleapis\.com$/;

/** Ollama's default port, and its names: https://github.com/ollama/ollama/blob/main/docs/faq.md */
const OLLAMA_PORT = '11434';
const OLLAMA = /^(www\.)?(ollama\.com|ollama\.ai|ollama)$/;

/** https://learn.microsoft.com/azure/ai-foundry/openai/reference: these hosts reject the key as a bearer token. */
const AZURE = /\.(openai|services\.ai|inference\.ai|cognitiveservices)\.azure\.com$/;

/** Returns the path of the list at a host that is known to have it elsewhere, or null. */
export function knownListPath({ hostname, pathname }: URL): string | null {
  return LIST_PATHS.find(({ host }) => host.test(hostname))?.path(pathname) ?? null;
}

/** Returns the path of a free endpoint that checks the key, below the base URL, or null. */
export function knownKeyPath({ hostname }: URL): string | null {
  return KEY_PATHS.find(({ host }) => host.test(hostname))?.path ?? null;
}

/** Whether the host has Google's API. */
export function isGoogleHost({ hostname }: URL): boolean {
  return GOOGLE.test(hostname);
}

/** Whether the host is an Ollama server. Behind a proxy with another name, it is not recognised. */
export function isOllamaHost({ hostname, port }: URL): boolean {
  return port === OLLAMA_PORT || OLLAMA.test(hostname);
}

/** Whether the host is Azure's, which takes the key in `api-key`. */
export function isAzureHost({ hostname }: URL): boolean {
  return AZURE.test(hostname);
}

function replaceEnd(text: string, end: RegExp, replacement: string): string | null {
  return end.test(text) ? text.replace(end, replacement) : null;
}
