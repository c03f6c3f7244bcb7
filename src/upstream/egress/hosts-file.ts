import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { normaliseHost } from './destination';
import { type ResolvedAddress } from './host-resolver';

type Names = ReadonlyMap<string, readonly ResolvedAddress[]>;

/** The hosts file of the system (hosts(5)). Reads it again when it has changed. Without a file, no name has an address. */
export class HostsFile {
  private loaded: { readonly version: string; readonly names: Names } = { version: '', names: new Map() };

  constructor(private readonly path: string) {}

  /** Returns the addresses of a name in lower case. */
  async find(name: string): Promise<readonly ResolvedAddress[]> {
    const names = await this.load().catch((): Names => new Map());
    return names.get(name) ?? [];
  }

  private async load(): Promise<Names> {
    const { mtimeMs, size, ino } = await stat(this.path);
    const version = [mtimeMs, size, ino].join(' ');
    if (version !== this.loaded.version)
      this.loaded = { version, names: parseHosts(await readFile(this.path, 'utf8')) };
    return this.loaded.names;
  }
}

function parseHosts(text: string): Names {
  const names = new Map<string, ResolvedAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const alias of aliases.map(normaliseHost)) {
      const known = names.get(alias);
      if (known) known.push({ address, family });
      else names.set(alias, [{ address, family }]);
    }
  }
  return names;
}
