import { Injectable } from '@nestjs/common';
import { invalidField } from '../common/domain-error';
import type { JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { CryptoService } from '../crypto/crypto.service';
import type { SealContext } from '../crypto/seal-context';
import type { SealedColumn } from '../crypto/sealed-columns';
import type { SealedText } from '../crypto/sealed-text';
import { openedOrConflict } from '../crypto/secret-conflict';
import { MASKED, splitSecretHeaders } from './advanced-json';

/** The secret headers of a row's `advanced_json`, sealed together. */
export interface SealedHeaders {
  readonly sealedHeaders: string | null;
  readonly headersKeyId: string | null;
  readonly headersVersion: number;
}

/** What is stored: the object with `"***"` in place of each secret header, and the seal of those. */
export interface SealedAdvancedJson extends SealedHeaders {
  readonly advancedJson: JsonObject | null;
}

/** The row that the seal is bound to. */
export interface SealedRow {
  readonly accountId: string;
  readonly table: string;
  readonly id: string;
}

const HEADERS_PURPOSE = 'upstream-headers';
const HEADERS_FIELD = 'extra_headers';

/** The column of a table that stores sealed headers. */
export function sealedHeadersColumn(table: string): SealedColumn {
  return {
    table,
    idColumn: 'id',
    accountColumn: 'account_id',
    sealedColumn: 'sealed_headers',
    keyIdColumn: 'headers_key_id',
    versionColumn: 'headers_version',
    purpose: HEADERS_PURPOSE,
    field: HEADERS_FIELD,
  };
}

/** Seals the secret-looking headers of `advanced_json`, keeps those that come back as `"***"`, and opens them for use. */
@Injectable()
export class AdvancedJsonSealer {
  constructor(private readonly crypto: CryptoService) {}

  /** 422 where `"***"` comes for a header that is not stored. */
  async seal(value: JsonObject | null, row: SealedRow, current: SealedHeaders): Promise<SealedAdvancedJson> {
    const { visible, secrets, kept } = splitSecretHeaders(value ?? {});
    const advancedJson = value === null ? null : visible;
    const stored = kept.length > 0 ? await openedOrConflict(this.openHeaders(row, current)) : {};
    for (const name of kept) {
      const known = Object.keys(stored).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
      if (known === undefined) throw nothingToKeep(name);
      secrets[name] = stored[known]!;
    }
    const names = Object.keys(secrets);
    if (names.length === 0) return { advancedJson, ...NO_HEADERS, headersVersion: current.headersVersion };
    const unchanged = names.length === kept.length && names.length === Object.keys(stored).length;
    if (unchanged && names.every((name) => Object.hasOwn(stored, name)))
      return { advancedJson, ...pick(current) };
    const version = current.headersVersion + 1;
    const sealed = await this.crypto.seal(JSON.stringify(secrets), context(row, version));
    return { advancedJson, sealedHeaders: sealed.text, headersKeyId: sealed.keyId, headersVersion: version };
  }

  /** The object with its secret headers in clear. Throws SecretUndecryptableError. */
  async open(row: SealedRow, stored: SealedAdvancedJson): Promise<JsonObject> {
    const secrets = await this.openHeaders(row, stored);
    if (Object.keys(secrets).length === 0) return stored.advancedJson ?? {};
    const shown = (stored.advancedJson?.extra_headers ?? {}) as Record<string, string>;
    return { ...stored.advancedJson, extra_headers: { ...shown, ...secrets } };
  }

  private async openHeaders(row: SealedRow, sealed: SealedHeaders): Promise<Record<string, string>> {
    if (sealed.sealedHeaders === null) return {};
    const text = await this.crypto.open(
      sealed.sealedHeaders as SealedText,
      context(row, sealed.headersVersion),
    );
    return JSON.parse(text) as Record<string, string>;
  }
}

export const NO_HEADERS: SealedHeaders = { sealedHeaders: null, headersKeyId: null, headersVersion: 0 };

function pick({ sealedHeaders, headersKeyId, headersVersion }: SealedHeaders): SealedHeaders {
  return { sealedHeaders, headersKeyId, headersVersion };
}

function context({ accountId, table, id }: SealedRow, version: number): SealContext {
  return { purpose: HEADERS_PURPOSE, accountId, table, rowId: id, field: HEADERS_FIELD, version };
}

function nothingToKeep(name: string) {
  const pointer = jsonPointer('/advanced_json/extra_headers', name);
  return invalidField(
    pointer,
    'masked',
    `"${MASKED}" keeps a stored value, and none is stored: send the value itself.`,
  );
}
