import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { CryptoService } from './crypto.service';

const MAC_BYTES = 16;

/** Opaque, authenticated page cursors. A cursor is valid only for its own list and account. */
@Injectable()
export class CursorService {
  constructor(private readonly crypto: CryptoService) {}

  /** Encodes a position. `scope` names the list, its account and its filters. */
  encode(scope: readonly string[], position: readonly (string | number)[]): string {
    const text = Buffer.from(JSON.stringify(position));
    return Buffer.concat([this.mac(scope, text), text]).toString('base64url');
  }

  /** Decodes a cursor. Throws 400 unless {@link encode} created it for this scope. */
  decode(scope: readonly string[], cursor: string): (string | number)[] {
    const bytes = Buffer.from(cursor, 'base64url');
    const text = bytes.subarray(MAC_BYTES);
    // Buffer.from skips characters that are not base64url.
    const exact = bytes.length > MAC_BYTES && bytes.toString('base64url') === cursor;
    if (exact && timingSafeEqual(this.mac(scope, text), bytes.subarray(0, MAC_BYTES))) {
      return JSON.parse(text.toString()) as (string | number)[];
    }
    throw new DomainError(
      'malformed',
      'query.cursor',
      'cursor must come unchanged from the Link of an earlier page.',
    );
  }

  private mac(scope: readonly string[], text: Buffer): Buffer {
    const data = Buffer.concat([Buffer.from(`${JSON.stringify(scope)}\n`), text]);
    return this.crypto.hmac('page-cursor', data).subarray(0, MAC_BYTES);
  }
}
