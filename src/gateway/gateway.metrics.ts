import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LabelledCounter } from '../observability/labelled-counter';
import { LabelledHistogram } from '../observability/labelled-histogram';
import { MetricsRegistry } from '../observability/metrics-registry';
import type { CallFacts } from './call/gateway-call';
import { InFlightBytes } from './call/in-flight-bytes';

/** Upper bounds, in seconds. The first tokens of reasoning models take minutes. */
const DURATION_BUCKETS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 300, 600,
];

/** Upper bounds, in seconds. */
const OVERHEAD_BUCKETS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1];

interface Observers {
  readonly duration: (seconds: number) => void;
  readonly firstToken: (seconds: number) => void;
  readonly overhead: (seconds: number) => void;
}

/** How one call ended. */
export interface CallEnd {
  /** The path after `/v1/`. */
  readonly endpoint: string;
  readonly status: number;
  readonly seconds: number;
  readonly hasLeft: boolean;
  readonly facts: CallFacts;
}

/** Counts and times the calls of the gateway. */
@Injectable()
export class GatewayMetrics implements OnModuleInit {
  private readonly durations = new LabelledHistogram({
    name: 'gen_ai_server_request_duration_seconds',
    help: 'Time from a call of the gateway to the end of its response.',
    buckets: DURATION_BUCKETS,
  });
  private readonly firstTokens = new LabelledHistogram({
    name: 'gen_ai_server_time_to_first_token_seconds',
    help: 'Time from a call of the gateway to the first content of its response.',
    buckets: DURATION_BUCKETS,
  });
  private readonly overheads = new LabelledHistogram({
    name: 'caret_gateway_overhead_seconds',
    help: 'Time of a call that no upstream took.',
    buckets: OVERHEAD_BUCKETS,
  });
  private readonly attempts = new LabelledCounter({
    name: 'caret_gateway_attempts_total',
    help: 'Attempts by their outcome: ok, or the kind of their failure.',
    label: 'outcome',
  });
  private readonly failovers = new LabelledCounter({
    name: 'caret_gateway_failovers_total',
    help: 'Attempts at another model after a failed one, by endpoint.',
    label: 'endpoint',
  });
  private readonly callersLeft = new LabelledCounter({
    name: 'caret_gateway_client_closed_total',
    help: 'Calls whose caller left before the end of the response, by endpoint.',
    label: 'endpoint',
  });
  private readonly warnings = new LabelledCounter({
    name: 'caret_gateway_warnings_total',
    help: 'Warnings in responses, by the field that they name.',
    label: 'field',
  });
  private readonly observers = new Map<string, Observers>();
  private readInFlight = (): number => 0;

  constructor(
    private readonly registry: MetricsRegistry,
    private readonly inFlight: InFlightBytes,
  ) {}

  onModuleInit(): void {
    const { registry } = this;
    const { durations, firstTokens, overheads, attempts, failovers, callersLeft, warnings } = this;
    for (const metric of [durations, firstTokens, overheads, attempts, failovers, callersLeft, warnings])
      registry.addLabelledMetric(metric);
    registry.addGauge('caret_gateway_inflight', 'Requests of the gateway in progress.', () =>
      this.readInFlight(),
    );
    registry.addGauge(
      'caret_gateway_inflight_bytes',
      'Memory of the request bodies and held responses of calls in flight.',
      () => this.inFlight.bytes,
    );
  }

  /** Sets the source of the number of requests in progress. */
  watch(readInFlight: () => number): void {
    this.readInFlight = readInFlight;
  }

  /** @param outcome `ok` or a kind of failure, from a closed set */
  countAttempt(outcome: string): void {
    this.attempts.increment(outcome);
  }

  countFailover(endpoint: string): void {
    this.failovers.increment(endpoint);
  }

  observe({ endpoint, status, seconds, hasLeft, facts }: CallEnd): void {
    const observers = this.observersOf(endpoint, `${Math.trunc(status / 100)}xx`);
    observers.duration(seconds);
    if (facts.msFirstContent !== undefined) observers.firstToken(facts.msFirstContent / 1000);
    if (facts.msUpstream !== undefined) observers.overhead(Math.max(0, seconds - facts.msUpstream / 1000));
    if (hasLeft) this.callersLeft.increment(endpoint);
    for (const warning of facts.warnings ?? []) this.warnings.increment(fieldOf(warning));
  }

  private observersOf(endpoint: string, statusClass: string): Observers {
    const key = `${statusClass} ${endpoint}`;
    const known = this.observers.get(key);
    if (known) return known;
    const labels = { endpoint, status: statusClass };
    const created = {
      duration: this.durations.addSeries(labels),
      firstToken: this.firstTokens.addSeries(labels),
      overhead: this.overheads.addSeries(labels),
    };
    this.observers.set(key, created);
    return created;
  }
}

/** Returns the field of a warning such as `dropped=temperature;anthropic_version`. The name of a header is the caller's. */
function fieldOf(warning: string): string {
  return /^[a-z]+=([a-z][a-z0-9_]{0,40})(?:;|$)/.exec(warning)?.[1] ?? 'other';
}
