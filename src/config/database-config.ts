import { X509Certificate } from 'node:crypto';
import { resolve } from 'node:path';
import { parseUrl } from '../common/parse-url';
import { isDecodable } from './network-parsers';
import { FileError, readSmallFile } from './read-small-file';

/**
 * The TLS settings of the database connection, or null for none. TLS verifies the server's certificate and name against
 * the authorities of the system or of a PEM file.
 */
export type DatabaseTls = null | { readonly authorities: 'system' | { readonly file: string } };

/** The embedded database in a file, or a server. TypeORM reads the schema differently for `mysql` and `mariadb`. */
export type DatabaseConfig =
  | {
      readonly kind: 'sqlite';
      readonly file: string;
      /** The variable that names the file. */
      readonly variable: 'DATABASE_URL' | 'DATA_DIR';
    }
  | {
      readonly kind: 'mysql' | 'mariadb';
      readonly url: string;
      readonly host: string;
      readonly port: number;
      readonly tls: DatabaseTls;
    };

/** The authorities of a whole system take about 250 KB. */
export const MAX_PEM_BYTES = 2 ** 22;

const BEGIN_CERTIFICATE = '-----BEGIN CERTIFICATE-----';

/** Parses DATABASE_TLS: `off`, `system` or the path of a PEM file. */
export function parseDatabaseTls(value: string): DatabaseTls {
  if (value === 'off') return null;
  if (value === 'system') return { authorities: 'system' };
  const certificates = readCertificates(value);
  if (certificates.length === 0) {
    throw new Error('must be off, system or the path of a PEM file with certificates of authorities');
  }
  for (const [index, certificate] of certificates.entries()) {
    if (!isCertificate(certificate)) {
      throw new Error(`must name a PEM file of valid certificates; number ${index + 1} in it is corrupt`);
    }
  }
  return { authorities: { file: resolve(value) } };
}

/** Parses DATABASE_URL. Throws an Error that never contains the value, because it may contain a password. */
export function parseDatabaseUrl(value: string): DatabaseConfig {
  if (value.startsWith('sqlite:')) return parseSqliteUrl(value);
  const kind = /^(mysql|mariadb):\/\//i.exec(value)?.[1]?.toLowerCase() as 'mysql' | 'mariadb' | undefined;
  if (!kind) throw new Error('must start with mysql://, mariadb:// or sqlite:');
  const url = parseUrl(value);
  if (!url || url.port === '0') {
    throw new Error('is not a URL; it needs a port from 1 to 65535 and percent-encoded special characters');
  }
  if (url.search || url.hash) {
    throw new Error('must have no parameters; see DATABASE_TLS and DATABASE_POOL_SIZE');
  }
  if (!isDecodable(url.username, url.password, url.pathname)) {
    throw new Error('must percent-encode special characters in user, password and database (% as %25)');
  }
  if (!url.hostname || url.pathname.length < 2) {
    throw new Error(`must name a host and a database, as in ${kind}://user:password@host:3306/caret`);
  }
  return { kind, url: value, host: url.hostname, port: Number(url.port || 3306), tls: null };
}

function parseSqliteUrl(value: string): DatabaseConfig {
  const file = value.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '');
  if (!file || file.includes('?') || file.includes(':memory:')) {
    throw new Error('must name a file, as in sqlite:./data/caret.db');
  }
  return { kind: 'sqlite', file: resolve(file), variable: 'DATABASE_URL' };
}

/** Splits a PEM file into its certificates. Returns an empty list if the path names no file. */
function readCertificates(path: string): string[] {
  try {
    const [, ...certificates] = readSmallFile(path, MAX_PEM_BYTES).text.split(BEGIN_CERTIFICATE);
    return certificates.map((rest) => BEGIN_CERTIFICATE + rest);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof FileError || code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new Error(`names a file that cannot be read (${code})`, { cause: error });
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
