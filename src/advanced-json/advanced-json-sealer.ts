import { Injectable } from '@nestjs/common';
import { invalidField } from '../common/domain-error';
import type { JsonObject } from '../common/json-object';
import { jsonPointer } from '../common/json-pointer';
import { CryptoService } from '../crypto/crypto.service';
import type { SealContext } from '../crypto/seal-context';
import type { SealedColumn } from '../crypto/sealed-columns';
import type { SealedText } from '../crypto/sealed-text';
import { openOrConflict } from '../crypto/secret-conflict';
import { MASKED, splitSecretHeaders } from './advanced-json';

/** The secret headers of a row's `advanced_json`, sealed as one text. */
export interface SealedHeaders {
  readonly sealedHeaders: string | null;
  readonly headersKeyId: string | null;
  readonly headersVersion: number;
}

/** The stored form of `advanced_json`: `"***"` replaces each secret header, and the sealed text contains them. */
export interface SealedAdvancedJson extends SealedHeaders {
  readonly advancedJson: JsonObject | null;
}

/** What a row has now. `advancedJson` is undefined if it is corrupt. */
export interface StoredAdvancedJson extends SealedHeaders {
  readonly advancedJson: JsonObject | null | undefined;
}

/** The row that the sealed text is bound to. */
export interface SealedRow {
  readonly accountId: string;
  readonly table: string;
  readonly id: string;
}

const HEADERS_PURPOSE = 'upstream-headers';
const HEADERS_FIELD = 'extra_headers';

/** Describes the columns of a table that store sealed headers. */
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

/** Seals the secret headers of `advanced_json` for storage and opens them for calls. */
@Injectable()
export class AdvancedJsonSealer {
  constructor(private readonly crypto: CryptoService) {}

  /**
   * Seals the secret headers. `"***"` keeps the stored value of a header, which an older version may have stored in
   * plain text.
   * Throws 422 for `"***"` without a stored value, and 409 if the stored headers do not open.
   */
  async seal(
    value: JsonObject | null,
    row: SealedRow,
    current: StoredAdvancedJson,
  ): Promise<SealedAdvancedJson> {
    const { masked, secrets, maskedNames } = splitSecretHeaders(value ?? {});
    const advancedJson = value === null ? null : masked;
    const plain = splitSecretHeaders(current.advancedJson ?? {}).secrets;
    const sealedNow = maskedNames.length > 0 ? await openOrConflict(this.openHeaders(row, current)) : {};
    const stored = { ...plain, ...sealedNow };
    for (const name of maskedNames) {
      const storedName = Object.keys(stored).find((each) => each.toLowerCase() === name.toLowerCase());
      if (storedName === undefined) throw noStoredValue(name);
      secrets[name] = stored[storedName]!;
    }
    const names = Object.keys(secrets);
    if (names.length === 0) return { advancedJson, ...NO_HEADERS, headersVersion: current.headersVersion };
    const allKept = names.length === maskedNames.length && names.length === Object.keys(sealedNow).length;
    if (allKept && names.every((name) => Object.hasOwn(sealedNow, name)))
      return { advancedJson, ...pick(current) };
    const version = current.headersVersion + 1;
    const sealed = await this.crypto.seal(JSON.stringify(secrets), context(row, version));
    return { advancedJson, sealedHeaders: sealed.text, headersKeyId: sealed.keyId, headersVersion: version };
  }

  /** Returns the object with its secret headers in plain text. Throws `SecretUndecryptableError`. */
  async open(row: SealedRow, stored: SealedAdvancedJson): Promise<JsonObject> {
    const secrets = await this.openHeaders(row, stored);
    if (Object.keys(secrets).length === 0) return stored.advancedJson ?? {};
    const masked = (stored.advancedJson?.extra_headers ?? {}) as Record<string, string>;
    return { ...stored.advancedJson, extra_headers: { ...masked, ...secrets } };
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

function noStoredValue(name: string) {
  const pointer = jsonPointer('/advanced_json/extra_headers', name);
  return invalidField(
    pointer,
    'mask',
    `"${MASKED}" keeps the stored value, but this header has none. Send the value itself.`,
  );
}
