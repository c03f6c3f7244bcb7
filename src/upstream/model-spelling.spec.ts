import { otherSpelling } from './model-spelling';

const GOOGLE = 'https://generativelanguage.googleapis.com/v1beta/openai';
const OLLAMA = 'http://127.0.0.1:11434';

describe('otherSpelling', () => {
  it.each<[string, string, string]>([
    [GOOGLE, 'gemini-2.5-pro', 'models/gemini-2.5-pro'],
    ['https://europe-west1-aiplatform.googleapis.com/v1', 'models/x', 'x'],
    [OLLAMA, 'llama3.2', 'llama3.2:latest'],
    ['http://ollama:8080/v1', 'hf.co/user/model', 'hf.co/user/model:latest'],
    ['https://ollama.com', 'user/model:latest', 'user/model'],
  ])('at %s returns the other name of %s', (baseUrl, name, other) => {
    expect([otherSpelling(name, baseUrl), otherSpelling(other, baseUrl)]).toEqual([other, name]);
  });

  it.each<[string, string | null, string]>([
    ['another tag', OLLAMA, 'llama3.2:3b'],
    ['a name that would be too long', GOOGLE, 'x'.repeat(506)],
    ['a name without anything but the prefix', GOOGLE, 'models/'],
    ['another host', 'https://api.example.com/v1', 'models/x'],
    ['the own endpoint of a vendor', null, 'models/x'],
  ])('returns null for %s', (_what, baseUrl, name) => {
    expect(otherSpelling(name, baseUrl)).toBeNull();
  });
});
