import { identityKey } from '../../../common/identity-key';
import { type IndexedProvider } from '../model/indexed-model';

/** Providers by id and by name. */
export class ProviderDirectory {
  private readonly byId = new Map<string, IndexedProvider>();
  private readonly bySpelling = new Map<string, IndexedProvider>();
  private readonly byKey = new Map<string, IndexedProvider>();
  private sortedNames: readonly string[] | null = null;

  findById(id: string): IndexedProvider | undefined {
    return this.byId.get(id);
  }

  /** Tries the name as stored first, because computing its identity key is the slowest part of a lookup. */
  findByName(name: string): IndexedProvider | undefined {
    return this.bySpelling.get(name) ?? this.byKey.get(identityKey(name));
  }

  /** Sorted by code units, so the order is the same on every replica. */
  names(): readonly string[] {
    return (this.sortedNames ??= [...this.bySpelling.keys()].sort());
  }

  add(provider: IndexedProvider): void {
    const { id, name } = provider.facts;
    this.byId.set(id, provider);
    this.bySpelling.set(name, provider);
    this.byKey.set(identityKey(name), provider);
    this.sortedNames = null;
  }

  remove(provider: IndexedProvider): void {
    const { id, name } = provider.facts;
    this.byId.delete(id);
    this.bySpelling.delete(name);
    this.byKey.delete(identityKey(name));
    this.sortedNames = null;
  }
}
