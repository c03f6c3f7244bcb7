import { CALLERS_GUARDS } from './guards/callers.mjs';
import { GATEWAY_GUARDS } from './guards/gateway.mjs';
import { HTTP_GUARDS } from './guards/http.mjs';
import { MODELS_GUARDS } from './guards/models.mjs';
import { PLATFORM_GUARDS } from './guards/platform.mjs';
import { PRICES_GUARDS } from './guards/prices.mjs';
import { REGISTRY_GUARDS } from './guards/registry.mjs';
import { UPSTREAM_GUARDS } from './guards/upstream.mjs';

/**
 * Guards whose removal the specs must detect. Each has the edits of one file of src/ that remove it, and the specs that
 * must fail then. `project` is a Jest project; `specs` are parts of paths.
 */
export const GUARDS = [
  ...CALLERS_GUARDS,
  ...GATEWAY_GUARDS,
  ...HTTP_GUARDS,
  ...REGISTRY_GUARDS,
  ...MODELS_GUARDS,
  ...PLATFORM_GUARDS,
  ...PRICES_GUARDS,
  ...UPSTREAM_GUARDS,
];
