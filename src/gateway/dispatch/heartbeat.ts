import { heartbeatOf } from '../stream/stream-error';
import type { CallState } from './call-state';
import { earlyHeaders } from './response-headers';

/** Keeps the connection of a silent stream open. The first heartbeat starts the response. */
export class Heartbeat {
  /** Whether the caller reads slower than the upstream sends. */
  isBlocked = false;
  private lastBytes = 0;
  private quietSince: number;

  constructor(
    private readonly state: CallState,
    /** Milliseconds without a byte. 0: never. */
    private readonly intervalMs: number,
  ) {
    this.quietSince = state.scope.call.startedAt;
  }

  /** The caller gets whole events only, so a heartbeat never splits one. */
  tick(now: number): void {
    const { requested, call } = this.state.scope;
    const { response, endpoint } = call;
    if (!requested.isStream || endpoint.protocol === null || this.intervalMs === 0 || this.isBlocked) return;
    if (response.bytes === this.lastBytes && now - this.quietSince < this.intervalMs) return;
    if (response.bytes === this.lastBytes) {
      if (!response.hasStarted) response.start(200, earlyHeaders(this.state));
      response.write(heartbeatOf(endpoint.protocol));
    }
    this.lastBytes = response.bytes;
    this.quietSince = now;
  }
}
