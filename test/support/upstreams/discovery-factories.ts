import type { ApiClient, ApiResponse, Json } from '../clients/http-client';
import { createProvider, providerPath } from '../registry/factories';

/** A provider at an upstream of this machine, by its id in a path. */
export async function providerAt(
  api: ApiClient,
  base_url: string | null,
  overrides: Json = {},
): Promise<string> {
  return providerPath(await createProvider(api, { base_url, ...overrides }));
}

/** `path` is a provider's. */
export function availableModels(api: ApiClient, path: string, query = ''): Promise<ApiResponse> {
  return api.get(`${path}/available-models${query}`);
}

export function idsOf({ body }: ApiResponse): string[] {
  return (body.models as Json[]).map(({ id }) => id);
}

/** A promise and the function that keeps it: upstreams wait at it until a test lets them on. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
