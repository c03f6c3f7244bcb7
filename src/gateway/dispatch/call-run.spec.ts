import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { GatewayError } from '../dialect/gateway-error';
import { createFakeCall, fakeTarget } from './fixtures/fake-call';
import { FakeServices } from './fixtures/fake-services';

const CHUNK = { id: 'c', object: 'chat.completion.chunk', model: 'm' };
const chunk = (fields: object): string => `data: ${JSON.stringify({ ...CHUNK, ...fields })}\n\n`;
const delta = (content: string): string => chunk({ choices: [{ index: 0, delta: { content } }] });

const PIECES = [
  delta(''),
  delta('text'),
  chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  chunk({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } }),
  'data: [DONE]\n\n',
  'data: {"error":{"message":"x"}}\n\n',
  'data: {"cut',
  '<html>',
  '{"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}',
  '{"error":{"message":"x"}}',
];
const TYPES = ['text/event-stream', 'application/json', 'text/html', undefined];
const SHUTDOWN = new GatewayError('overloaded', 'Shutting down.');

type Step =
  | { readonly kind: 'headers'; readonly status: number; readonly type: string | undefined }
  | { readonly kind: 'data'; readonly piece: string }
  | { readonly kind: 'end' | 'error' | 'leave' | 'shutdown' | 'flush' | 'fill' | 'drain' }
  | { readonly kind: 'wait'; readonly ms: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('headers' as const),
      status: fc.constantFrom(200, 200, 200, 400, 401, 429, 500),
      type: fc.constantFrom(...TYPES),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('data' as const), piece: fc.constantFrom(...PIECES) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'error' as const,
        'leave' as const,
        'shutdown' as const,
        'fill' as const,
        'drain' as const,
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(300, 3000, 16_000) }),
  },
);

describe('CallRun', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(Logger.prototype, 'warn').mockImplementation();
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it.each([true, false])(
    'records each attempt once and ends each response once, whatever happens (stream: %s)',
    (stream) => {
      fc.assert(
        fc.property(fc.array(steps, { maxLength: 40 }), fc.integer({ min: 0, max: 3 }), (script, count) => {
          const fake = new FakeServices();
          const targets = Array.from({ length: count }, (_, index) => fakeTarget(`p${index}`));
          const { run, response } = createFakeCall(
            'chat/completions',
            { stream, messages: [] },
            targets,
            fake,
          );
          const timers = jest.getTimerCount();
          run.start();
          for (const step of script) take(step, fake, response);
          fake.openCalls.endAll(SHUTDOWN);
          fake.flush();
          jest.advanceTimersByTime(60_000);
          fake.flush();

          expect(fake.rows.map(({ id }) => id)).toEqual(fake.intents.map(({ id }) => id));
          expect(new Set(fake.intents.map(({ id }) => id)).size).toBe(fake.intents.length);
          expect(fake.rows.map(({ attempt }) => attempt)).toEqual(fake.rows.map((_, index) => index + 1));
          expect(fake.rows.filter(({ errorCode }) => errorCode === 'internal_error')).toEqual([]);
          const finals = fake.rows.filter(({ isFinal }) => isFinal);
          expect(finals.length + fake.rejections.length).toBe(1);
          if (finals.length === 1) expect(fake.rows.at(-1)).toBe(finals[0]);
          expect(response.hasLeft ? 0 : response.ends).toBe(response.hasLeft ? 0 : 1);
          expect(fake.openUpstreamCalls).toEqual([]);
          expect(fake.openCalls.count).toBe(0);
          fake.openCalls.onApplicationShutdown();
          expect(jest.getTimerCount()).toBe(timers);
          const hasContent = response.text.includes('"text"');
          if (hasContent && stream)
            expect(fake.rows.filter(({ msFirstContent }) => msFirstContent !== null)).toHaveLength(1);
        }),
        { numRuns: 400 },
      );
    },
  );
});

/** The calls of upstreams whose headers have arrived. */
const begun = new WeakSet<object>();

/** Lets the newest open call of an upstream, the caller or the clock act. An upstream acts in a possible order only. */
function take(step: Step, fake: FakeServices, response: ReturnType<typeof createFakeCall>['response']): void {
  const upstream = fake.openUpstreamCalls.at(-1);
  const { handler } = upstream ?? {};
  const hasHeaders = upstream !== undefined && begun.has(upstream);
  switch (step.kind) {
    case 'headers':
      if (upstream === undefined || hasHeaders) return;
      begun.add(upstream);
      return handler!.onHeaders(step.status, step.type === undefined ? {} : { 'content-type': step.type });
    case 'data':
      if (hasHeaders) handler!.onData(Buffer.from(step.piece));
      return;
    case 'end':
      if (!hasHeaders) return;
      upstream.isEnded = true;
      return handler!.onEnd();
    case 'error':
      if (upstream === undefined) return;
      upstream.isEnded = true;
      return handler!.onError(new Error('broken'));
    case 'leave':
      return response.closeByCaller();
    case 'shutdown':
      return fake.openCalls.endAll(SHUTDOWN);
    case 'flush':
      return fake.flush();
    case 'fill':
      response.isFull = true;
      return;
    case 'drain':
      return response.empty();
    case 'wait':
      jest.advanceTimersByTime(step.ms);
  }
}
