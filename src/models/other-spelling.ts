import { foldedModelKey } from '../common/identity-key';
import { parseUrl } from '../common/parse-url';
import { isGoogleHost } from '../upstream/known-hosts';
import { countBytes } from './new-model';
import type { ProviderModel } from './provider-model.entity';

const PREFIX = 'models/';

/**
 * Adds the other spelling of a name at Google as an alias, because `models/gemini-2.5-pro` and `gemini-2.5-pro` name one
 * model there. Returns how many bytes it added. Does nothing at other hosts.
 */
export function addOtherSpelling(model: ProviderModel, baseUrl: string | null): number {
  const other = otherSpelling(model.model, baseUrl);
  const aliases = model.aliases ?? [];
  if (other === null || aliases.some((alias) => foldedModelKey(alias) === foldedModelKey(other))) return 0;
  const before = model.storedBytes;
  model.aliases = [...aliases, other];
  model.storedBytes = countBytes(model);
  return model.storedBytes - before;
}

/** Replaces the other spelling of the old name when a model is renamed. */
export function renameOtherSpelling(model: ProviderModel, oldName: string, baseUrl: string | null): void {
  const old = otherSpelling(oldName, baseUrl);
  if (old === null || model.model === oldName) return;
  model.aliases = (model.aliases ?? []).filter((alias) => alias !== old);
  addOtherSpelling(model, baseUrl);
}

function otherSpelling(name: string, baseUrl: string | null): string | null {
  const url = baseUrl === null ? null : parseUrl(baseUrl);
  if (url === null || !isGoogleHost(url)) return null;
  return name.startsWith(PREFIX) ? name.slice(PREFIX.length) || null : PREFIX + name;
}
