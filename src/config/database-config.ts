import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseUrl } from '../common/parse-url';

/**
 * How a server is reached: in clear, or encrypted with its certificate and name verified, against the usual
 * authorities or those of a PEM file.
 */
export type DatabaseTls = null | { readonly authorities: 'system' | { readonly file: string } };

/** Parses DATABASE_TLS: `off`, `system` or the path of a PEM file. */
export function databaseTls(value: string): DatabaseTls {
  if (value === 'off') return null;
  if (value === 'system') return { authorities: 'system' };
  if (!existsSync(value) || !readFileSync(value, 'utf8').includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error('must be off, system or the path of a PEM file with authorities');
  }
  return { authorities: { file: resolve(value) } };
}

/** The embedded database in a file, or a server. `mysql` and `mariadb` differ in what TypeORM reads of the schema. */
export type DatabaseConfig =
  | { readonly kind: 'sqlite'; readonly file: string }
  | {
      readonly kind: 'mysql' | 'mariadb';
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly tls: DatabaseTls;
    };

/** Parses DATABASE_URL. Throws an Error that never quotes the value: it may hold a password. */
export function databaseFromUrl(value: string): DatabaseConfig {
  if (value.startsWith('sqlite:')) {
    const file = value.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
    if (!file || file.includes('?') || file.includes(':memory:')) {
      throw new Error('must name a file, as in sqlite:./data/caret.db');
    }
    return { kind: 'sqlite', file: resolve(file) };
  }
  const url = parseUrl(value);
  const kind = url?.protocol === 'mysql:' ? 'mysql' : url?.protocol === 'mariadb:' ? 'mariadb' : null;
  if (!url || !kind) throw new Error('must start with mysql://, mariadb:// or sqlite:');
  if (url.search || url.hash) {
    throw new Error('must have no parameters: see DATABASE_TLS and DATABASE_POOL_SIZE');
  }
  if (!isDecodable(url)) {
    throw new Error('must percent-encode what is special in user, password or database (% as %25)');
  }
  if (!url.hostname || url.pathname.length < 2) {
    throw new Error(`must name a host and a database, as in ${kind}://user:password@host:3306/caret`);
  }
  return { kind, url: value, host: url.hostname, port: Number(url.port || 3306), tls: null };
}

/** The driver decodes these parts, and its error would show the URL. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].map(decodeURIComponent).length > 0;
  } catch {
    return false;
  }
}
