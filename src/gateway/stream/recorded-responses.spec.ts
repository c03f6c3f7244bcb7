import {
  readRecorded,
  RECORDED_RESPONSES_DIR,
  recordedFiles,
  recordedStreams,
} from '../../../test/support/gateway/recorded-responses';
import { normaliseUsage } from '../../pricing/token-usage/usage-normaliser';
import type { Protocol } from '../../upstream/protocol';
import { ENDPOINTS } from '../dialect/endpoint';
import { receive } from './fixtures/received';
import { readJsonResponse } from './json-response';

interface RecordedFolder {
  readonly folder: string;
  readonly protocol: Protocol;
  /** The path of the endpoint. */
  readonly path: string;
  readonly kind: 'openai' | 'anthropic';
}

const FOLDERS: readonly RecordedFolder[] = [
  {
    folder: 'chat-completions',
    protocol: 'openai_chat_completions',
    path: 'chat/completions',
    kind: 'openai',
  },
  { folder: 'messages', protocol: 'anthropic_messages', path: 'messages', kind: 'anthropic' },
  { folder: 'responses', protocol: 'openai_responses', path: 'responses', kind: 'openai' },
];

/** Files of other APIs. */
const OTHER = /openai-(completion-text|embedding)\./;

function filesOf(ending: string): [string, RecordedFolder][] {
  return FOLDERS.flatMap((each) =>
    recordedFiles(each.folder, ending)
      .filter((name) => !OTHER.test(name))
      .map((name): [string, RecordedFolder] => [name, each]),
  );
}

if (RECORDED_RESPONSES_DIR === undefined) {
  it.skip('reads recorded responses, if RECORDED_ANSWERS_DIR is set', () => undefined);
} else {
  describe('a recorded stream', () => {
    it.each(filesOf('.chunks.txt'))(
      '%s keeps its bytes and has a usage',
      (name, { folder, protocol, kind }) => {
        for (const events of recordedStreams(folder, name)) {
          const shown = events.map((line) => frame(protocol, line));
          const { output, reception } = receive(protocol, shown, { model: 'spliced' });
          const done = protocol === 'openai_chat_completions' ? 'data: [DONE]\n\n' : '';
          expect(output).toBe(shown.map(withModel).join('') + done);
          expect(reception).toMatchObject({
            isComplete: true,
            hasContent: true,
            failure: null,
            isInvalid: false,
          });
          expect(reception.responseId).toMatch(/^(chatcmpl-|msg_|resp_|gen-)/);
          expect(reception.upstreamModel).toMatch(/^(gpt-|claude-|o\d)/);
          expect(reception.usage).toMatchObject(lastUsageOf(events));
          expect(() => normaliseUsage(reception.usage, { kind })).not.toThrow();
          const cut = shown.join('').match(/[^]{1,13}/g)!;
          expect(receive(protocol, cut).output).toBe(shown.join('') + done);
        }
      },
    );

    it.each(recordedFiles('chat-completions', 'openai-text.chunks.txt'))(
      '%s loses only hidden usage',
      (name) => {
        const [events] = recordedStreams('chat-completions', name);
        const shown = events!.map((line) => frame('openai_chat_completions', line));
        const { output, reception } = receive('openai_chat_completions', shown, { hidesUsage: true });
        expect(output).toBe(
          `${shown.filter((event) => !event.includes('"choices":[]')).join('')}data: [DONE]\n\n`,
        );
        expect(reception.usage).not.toBeNull();
      },
    );
  });

  describe('a recorded response', () => {
    it.each(filesOf('.json'))('%s has a usage or an error', (name, { folder, path, kind }) => {
      const bytes = readRecorded(folder, name);
      const endpoint = ENDPOINTS.find((each) => each.path === path)!;
      const response = readJsonResponse(endpoint, bytes);
      expect(response.isJson).toBe(true);
      if (name.includes('-error.json')) {
        expect(response.error).toMatchObject({ status: 400, type: 'invalid_request_error' });
        return;
      }
      expect(response.error).toBeNull();
      const { model, ...others } = JSON.parse(bytes.toString());
      expect(response).toMatchObject({ responseId: others.id, upstreamModel: model, usage: others.usage });
      expect(() => normaliseUsage(response.usage, { kind })).not.toThrow();
      const spliced = JSON.parse(Buffer.concat(response.spliceModel('spliced')).toString());
      expect(spliced).toEqual({ ...others, model: 'spliced' });
    });
  });
}

function frame(protocol: Protocol, line: string): string {
  const name = protocol === 'openai_chat_completions' ? '' : `event: ${JSON.parse(line).type}\n`;
  return `${name}data: ${line}\n\n`;
}

/** The usage of the last event that has one. */
function lastUsageOf(events: readonly string[]): object {
  const parsed = events.map((line) => JSON.parse(line));
  const usages = parsed.map((event) => event.usage ?? (event.response ?? event.message)?.usage);
  return usages.findLast((usage) => usage !== undefined && usage !== null);
}

function withModel(event: string): string {
  if (!event.startsWith('event: message_start')) return event;
  return event.replace(/("model":")[^"]*/, '$1spliced');
}
