import type { ApiClient, ApiResponse, Json } from '../clients/api-client';
import { createProvider, providerPath } from '../registry/factories';

/** Creates a provider with this base URL and returns its path. */
export async function createProviderAt(
  api: ApiClient,
  base_url: string | null,
  overrides: Json = {},
): Promise<string> {
  return providerPath(await createProvider(api, { base_url, ...overrides }));
}

/** Requests the available models of the provider at `path`. */
export function availableModels(api: ApiClient, path: string, query = ''): Promise<ApiResponse> {
  return api.get(`${path}/available-models${query}`);
}

export function idsOf({ body }: ApiResponse): string[] {
  return (body.models as Json[]).map(({ id }) => id);
}

/** Creates a promise and the function that resolves it. Upstreams wait for it until a test opens the gate. */
export function createGate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
