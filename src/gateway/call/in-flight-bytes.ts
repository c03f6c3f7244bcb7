import { Inject, Injectable } from '@nestjs/common';
import type { AppConfig } from '../../config/config';
import { APP_CONFIG } from '../../config/config.module';

/** The part of the memory that one token may take. */
const PART_OF_TOKEN = 1 / 4;

/** Limits the memory of all calls in flight: of their bodies, and of what is held of their responses. */
@Injectable()
export class InFlightBytes {
  private readonly maxBytes: number;
  private readonly byToken = new Map<string, number>();
  private total = 0;

  constructor(@Inject(APP_CONFIG) { gateway }: Pick<AppConfig, 'gateway'>) {
    this.maxBytes = gateway.maxInFlightBytes;
  }

  /** The bytes of all calls. */
  get bytes(): number {
    return this.total;
  }

  /** Starts with no bytes. Release the reservation on every path. */
  reserve(tokenId: string): BytesReservation {
    return new BytesReservation(this, tokenId);
  }

  /** Adds bytes to those of a token, or takes some away. Returns false, and changes nothing, if they do not fit. */
  change(tokenId: string, bytes: number): boolean {
    const ofToken = (this.byToken.get(tokenId) ?? 0) + bytes;
    if (bytes > 0 && (this.total + bytes > this.maxBytes || ofToken > this.maxBytes * PART_OF_TOKEN))
      return false;
    this.total += bytes;
    if (ofToken > 0) this.byToken.set(tokenId, ofToken);
    else this.byToken.delete(tokenId);
    return true;
  }
}

/** The bytes of one call. */
export class BytesReservation {
  private bytes = 0;

  constructor(
    private readonly inFlight: InFlightBytes,
    private readonly tokenId: string,
  ) {}

  /** Changes the reserved bytes. Returns false, and changes nothing, if they do not fit. */
  resize(bytes: number): boolean {
    if (!this.inFlight.change(this.tokenId, bytes - this.bytes)) return false;
    this.bytes = bytes;
    return true;
  }

  /** May be called again. */
  release(): void {
    void this.resize(0);
  }
}
