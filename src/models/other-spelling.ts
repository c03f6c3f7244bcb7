import { foldedModelKey } from '../common/identity-key';
import { otherSpelling } from '../upstream/model-spelling';
import { MAX_OWN_ALIASES } from './dto/model-fields';
import { tooManyAliases } from './model.errors';
import { countBytes } from './new-model';
import type { ProviderModel } from './provider-model.entity';

/**
 * Adds the other spelling of a name as an alias, because both name one model at the vendor (see `otherSpelling`). Returns
 * how many bytes it added. Does nothing at vendors with one spelling.
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

/** Throws 422 if the model has too many aliases beside the other spelling, and more than before. */
export function assertAliasCount(
  model: ProviderModel,
  before: ProviderModel | null,
  baseUrl: string | null,
): void {
  const kept = before === null ? 0 : countOwnAliases(before, baseUrl);
  if (countOwnAliases(model, baseUrl) > Math.max(MAX_OWN_ALIASES, kept)) throw tooManyAliases();
}

function countOwnAliases({ model, aliases }: ProviderModel, baseUrl: string | null): number {
  const other = otherSpelling(model, baseUrl);
  const isOwn = (alias: string): boolean => other === null || foldedModelKey(alias) !== foldedModelKey(other);
  return (aliases ?? []).filter(isOwn).length;
}

/**
 * Whether a provider has a model under either spelling. `keys` are those of its names and aliases. A model that an older
 * version stored has no alias for the other spelling.
 */
export function hasEitherSpelling(
  keys: ReadonlySet<string>,
  { model, modelKey }: Pick<ProviderModel, 'model' | 'modelKey'>,
  baseUrl: string | null,
): boolean {
  if (keys.has(modelKey)) return true;
  const other = otherSpelling(model, baseUrl);
  return other !== null && keys.has(foldedModelKey(other));
}
