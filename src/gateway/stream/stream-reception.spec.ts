import fc from 'fast-check';
import { factsOf, receive } from './fixtures/received';
import { CHAT, CHAT_USAGE, chatChunk, DONE, MESSAGES, RESPONSES, SAMPLES } from './fixtures/sample-streams';
import { StreamReception } from './stream-reception';

const CHAT_COMPLETIONS = 'openai_chat_completions';
const OPTIONS = { choices: 1, hidesUsage: false, model: null };

describe('StreamReception', () => {
  describe.each(SAMPLES)('of %s', (protocol, events) => {
    const whole = events.join('');

    it('passes the bytes of a whole stream on and completes with its terminal event', () => {
      const { output, reception, last } = receive(protocol, [whole]);
      expect(output).toBe(whole);
      expect(reception).toMatchObject({
        isComplete: true,
        isTruncated: false,
        isInvalid: false,
        failure: null,
      });
      expect(last).toEqual([]);
    });

    it('holds the preamble until content arrives', () => {
      const reception = new StreamReception(protocol, OPTIONS);
      const output: string[] = [];
      for (const event of events) {
        reception.push(Buffer.from(event));
        output.push(Buffer.concat(reception.take()).toString());
      }
      const first = output.findIndex((taken) => taken !== '');
      expect(first).toBe(protocol === CHAT_COMPLETIONS ? 1 : 2);
      expect(output[first]).toBe(events.slice(0, first + 1).join(''));
      expect(output.slice(first + 1)).toEqual(events.slice(first + 1));
    });

    it('takes [DONE] before any other event for no content', () => {
      const { output, reception } = receive(protocol, [DONE]);
      expect(output).toBe('');
      expect(reception).toMatchObject({ hasContent: false, isComplete: false, isTruncated: true });
    });

    it('reports how many bytes it holds', () => {
      const reception = new StreamReception(protocol, OPTIONS);
      reception.push(Buffer.from(events[0]!));
      expect(reception).toMatchObject({
        heldBytes: events[0]!.length,
        hasContent: false,
        isCommitted: false,
      });
      reception.push(Buffer.from('data: {'));
      expect(reception.heldBytes).toBe(events[0]!.length + 7);
    });

    it('releases a preamble that is too long, without content', () => {
      const reception = new StreamReception(protocol, { ...OPTIONS, maxHeldBytes: 100 });
      reception.push(Buffer.from(': ping\n\n'));
      expect(reception.take()).toEqual([]);
      reception.push(Buffer.from(events[0]!));
      expect(reception).toMatchObject({ isCommitted: true, hasContent: false, heldBytes: 0 });
      expect(Buffer.concat(reception.take()).toString()).toBe(`: ping\n\n${events[0]}`);
    });

    it('returns the terminal event in a buffer of its own', () => {
      const reception = new StreamReception(protocol, OPTIONS);
      reception.push(Buffer.from(whole));
      const taken = reception.take();
      expect(taken.at(-1)!.toString()).toBe(events.at(-1));
    });

    it('ignores bytes after the terminal event', () => {
      const { output, reception } = receive(protocol, [`${whole}data: {"error":{"message":"x"}}\n\n`, whole]);
      expect(output).toBe(whole);
      expect(reception.failure).toBeNull();
    });

    it.each(['\n', '\r\n', '\r'])(
      'returns the same for every cut of its bytes with line ends %j',
      (lineEnd) => {
        const text = whole.replaceAll('\n', lineEnd);
        const expected = receive(protocol, [text]);
        fc.assert(
          fc.property(fc.array(fc.nat(text.length), { maxLength: 40 }), (cuts) => {
            const received = receive(protocol, split(text, cuts));
            expect(trimEnd(received.output)).toBe(trimEnd(expected.output));
            expect(factsOf(received.reception)).toEqual(factsOf(expected.reception));
          }),
        );
        const bytes = receive(
          protocol,
          [...Buffer.from(text)].map((byte) => Buffer.of(byte)),
        );
        expect(trimEnd(bytes.output)).toBe(trimEnd(text));
        expect(factsOf(bytes.reception)).toEqual(factsOf(expected.reception));
      },
    );

    it('reports a stream without its terminal event as truncated, at every byte after its first event', () => {
      const end = whole.length - events.slice(protocol === CHAT_COMPLETIONS ? 3 : -1).join('').length;
      for (let length = events[0]!.length; length < end; length++) {
        const { output, reception } = receive(protocol, [whole.slice(0, length)]);
        expect(reception).toMatchObject({ isTruncated: true, isComplete: false, isInvalid: false });
        expect(whole.startsWith(output.trimEnd())).toBe(true);
      }
    });

    it('accepts a last event without a blank line', () => {
      for (const missing of [1, 2]) {
        const { output, reception } = receive(protocol, [whole.slice(0, -missing)]);
        expect(output).toBe(whole);
        expect(reception.isComplete).toBe(true);
      }
    });

    it('removes a byte order mark', () => {
      const { output, reception } = receive(protocol, ['\ufeff', whole]);
      expect(output).toBe(whole);
      expect(reception.isComplete).toBe(true);
      expect(receive(protocol, [`\ufeff${whole}`]).output).toBe(whole);
    });

    it('passes comments, ids and retries on', () => {
      const text = `: OPENROUTER PROCESSING\n\nid: 7\nretry: 10\n\n${whole.replaceAll('data: ', ': c\nid: 3\ndata: ')}`;
      const { output, reception } = receive(protocol, [text]);
      expect(output).toBe(text);
      expect(reception.isComplete).toBe(true);
    });

    it('reads data in several lines', () => {
      const text = whole.replaceAll(/("id":|"type":"message_)/g, '\ndata: $1').replaceAll('data: ', 'data:');
      const { output, reception } = receive(protocol, [text]);
      expect(output).toBe(text);
      expect(factsOf(reception)).toEqual(factsOf(receive(protocol, [whole]).reception));
    });

    it('returns slices of the chunks', () => {
      const chunk = Buffer.from(events.slice(0, 4).join(''));
      const reception = new StreamReception(protocol, OPTIONS);
      reception.push(chunk);
      expect(reception.take()).toEqual([chunk]);
      const next = Buffer.from(events[3]!.repeat(3));
      reception.push(next);
      expect(reception.take()[0]).toBe(next);
    });

    it('rejects an event of more than 16 MiB', () => {
      const reception = new StreamReception(protocol, OPTIONS);
      for (let sent = 0; sent <= 16 && !reception.isInvalid; sent++)
        reception.push(Buffer.alloc(1024 * 1024, 'd'));
      expect(reception.isInvalid).toBe(true);
    });

    it('reports an error before content, and passes nothing on', () => {
      const error =
        'event: error\ndata: {"type":"error","error":{"type":"not_found_error","message":"No model"}}\n\n';
      const { output, reception } = receive(protocol, [events[0]! + error]);
      expect(output).toBe('');
      expect(reception).toMatchObject({ hasContent: false, isComplete: false, isTruncated: false });
      expect(reception.failure).toEqual({
        status: 404,
        code: 'not_found_error',
        type: 'not_found_error',
        message: 'No model',
      });
    });

    it('takes time linear in hostile input', () => {
      const reception = new StreamReception(protocol, OPTIONS);
      for (const line of ['\n', '\r', ':\n', 'data:\n', 'data: x\n', 'data: "\\\\\\\\\n']) {
        reception.push(Buffer.from(line.repeat(100_000)));
        reception.push(Buffer.from('\n\n'));
      }
      for (let sent = 0; sent < 20_000; sent++) reception.push(Buffer.from('x'));
      expect(reception.isInvalid).toBe(false);
    });
  });

  it('passes CR at the end of a chunk on with the event that it ends', () => {
    const reception = new StreamReception('anthropic_messages', OPTIONS);
    const [start, , block] = MESSAGES;
    reception.push(Buffer.from((start! + block!).replaceAll('\n', '\r')));
    expect(Buffer.concat(reception.take()).toString()).toBe((start! + block!).replaceAll('\n', '\r'));
  });

  it('accepts an event that is not named', () => {
    const text = RESPONSES.join('').replaceAll(/event: .*\n/g, '');
    const { output, reception } = receive('openai_responses', [text]);
    expect(output).toBe(text);
    expect(factsOf(reception)).toEqual(factsOf(receive('openai_responses', RESPONSES).reception));
  });

  it('ignores unknown fields', () => {
    const text = `meta: 1\n\n${CHAT.join('')}`;
    expect(receive(CHAT_COMPLETIONS, [text])).toMatchObject({
      output: text,
      reception: { isComplete: true },
    });
  });

  it('reports the end of a stream without events as truncated', () => {
    for (const text of ['', '\n\n', ': ping\n\n', 'data:\n\n', DONE]) {
      const { reception } = receive(CHAT_COMPLETIONS, [text]);
      expect(reception).toMatchObject({ isTruncated: true, isInvalid: false, isCommitted: false });
    }
  });

  it('keeps words before an error in the preamble', () => {
    const { output, reception } = receive(CHAT_COMPLETIONS, [
      'data: ok\n\n',
      'event: error\ndata: Overloaded\n\n',
    ]);
    expect(output).toBe('');
    expect(reception.failure).toMatchObject({ status: 502, type: 'api_error', message: 'Overloaded' });
  });

  it('holds the bytes of an upstream that sends a preamble in single bytes', () => {
    const reception = new StreamReception(CHAT_COMPLETIONS, OPTIONS);
    for (let sent = 0; sent < 50_000; sent++) reception.push(Buffer.from(sent % 2 === 0 ? ':' : '\n'));
    reception.push(Buffer.from(`\n${chatChunk({ content: 'Hi' }, { usage: CHAT_USAGE })}`));
    const taken = reception.take();
    expect(taken.length).toBeLessThan(100);
    expect(Buffer.concat(taken).length).toBeGreaterThan(50_000);
  });
});

function split(text: string, cuts: readonly number[]): string[] {
  const sorted = [0, ...cuts, text.length].sort((one, other) => one - other);
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

/** A `\n` after the `\r` that ended the terminal event in an earlier chunk is not passed on. */
function trimEnd(text: string): string {
  return text.replace(/[\r\n]+$/, '');
}
