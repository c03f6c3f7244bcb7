import { codeSamples, type SampleRequest } from './code-samples';

const CREATE: SampleRequest = {
  method: 'POST',
  path: '/v1/llm-providers/{provider_id}/models',
  tokenVariable: 'TOKEN',
  body: { model: "it's", is_default: true, tags: [], when: null },
  returns: 'json',
};

const READ: SampleRequest = {
  method: 'GET',
  path: '/healthz',
  tokenVariable: null,
  body: undefined,
  returns: 'json',
};

const sourcesOf = (request: SampleRequest) => codeSamples(request).map(({ source }) => source);

describe('codeSamples', () => {
  it('reads the token and ids from the environment, and sends the body as JSON', () => {
    const [curl, python, typescript] = sourcesOf(CREATE);
    expect(curl).toBe(String.raw`curl "http://127.0.0.1:3000/v1/llm-providers/$PROVIDER/models" \
  -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{
  "model": "it'\''s",
  "is_default": true,
  "tags": [],
  "when": null
}'`);
    expect(python).toBe(`import os

import requests

response = requests.post(
    f"http://127.0.0.1:3000/v1/llm-providers/{os.environ['PROVIDER']}/models",
    headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
    json={
        "model": "it's",
        "is_default": True,
        "tags": [],
        "when": None,
    },
)
response.raise_for_status()
print(response.json())`);
    expect(typescript)
      .toBe(`const response = await fetch(\`http://127.0.0.1:3000/v1/llm-providers/\${process.env.PROVIDER}/models\`, {
  method: 'POST',
  headers: { Authorization: \`Bearer \${process.env.TOKEN}\`, 'Content-Type': 'application/json' },
  body: JSON.stringify({
    "model": "it's",
    "is_default": true,
    "tags": [],
    "when": null
  }),
});
if (!response.ok) throw new Error(await response.text());
console.log(await response.json());`);
  });

  it('sends neither a token nor a body to a public read', () => {
    expect(sourcesOf(READ)).toEqual([
      'curl "http://127.0.0.1:3000/healthz"',
      'import requests\n\nresponse = requests.get(\n    "http://127.0.0.1:3000/healthz",\n)\nresponse.raise_for_status()\nprint(response.json())',
      "const response = await fetch('http://127.0.0.1:3000/healthz');\nif (!response.ok) throw new Error(await response.text());\nconsole.log(await response.json());",
    ]);
  });

  it('names the method that curl would not choose, and prints no absent body', () => {
    const [curl, python, typescript] = sourcesOf({ ...READ, method: 'DELETE', returns: 'nothing' });
    expect(curl).toBe('curl -X DELETE "http://127.0.0.1:3000/healthz"');
    expect(python).not.toContain('print');
    expect(typescript).not.toContain('console.log');
  });
});
