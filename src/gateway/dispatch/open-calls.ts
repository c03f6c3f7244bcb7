import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Placed, PlacedSet } from '../../common/placed-set';
import type { GatewayError } from '../dialect/gateway-error';

const TICK_MS = 1000;

/** A call in flight. */
export interface OpenCall extends Placed {
  /** Runs about once per second, with the monotonic clock. */
  tick(now: number): void;
  /** Ends the call with an error in the form of its protocol. Does nothing for a call that has ended. */
  endWith(error: GatewayError): void;
}

/** The calls in flight. One timer serves all of them, because a timer per stream costs more than its bytes. */
@Injectable()
export class OpenCalls implements OnApplicationShutdown {
  private readonly calls = new PlacedSet<OpenCall>();
  private timer: NodeJS.Timeout | null = null;

  get count(): number {
    return this.calls.size;
  }

  add(call: OpenCall): void {
    this.calls.add(call);
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
  }

  delete(call: OpenCall): void {
    this.calls.delete(call);
  }

  /** Ends every call in flight, for a shutdown that cannot wait longer. */
  endAll(error: GatewayError): void {
    this.calls.forEach((call) => call.endWith(error));
  }

  onApplicationShutdown(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private tick(): void {
    const now = performance.now();
    this.calls.forEach((call) => call.tick(now));
  }
}
