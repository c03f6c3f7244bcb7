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

  /** The name as it is stored comes first: its key costs more than all the rest of a look-up. */
  findByName(name: string): IndexedProvider | undefined {
    return this.bySpelling.get(name) ?? this.byKey.get(identityKey(name));
  }

  /** Sorted by code units, the same on every replica. */
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
