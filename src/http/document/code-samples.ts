/** What a sample needs to know of an operation. */
export interface SampleRequest {
  readonly method: string;
  /** With `{provider_id}` and so on. */
  readonly path: string;
  /** The environment variable of the bearer token. Null: none is sent. */
  readonly tokenVariable: string | null;
  /** The JSON body. Undefined: none is sent. */
  readonly body: unknown;
  readonly returns: 'json' | 'text' | 'nothing';
}

export interface CodeSample {
  readonly lang: string;
  readonly label: string;
  readonly source: string;
}

const BASE_URL = 'http://127.0.0.1:3000';

/** `x-codeSamples`, as Redoc and other documentation tools show them. */
export function codeSamples(request: SampleRequest): CodeSample[] {
  return [
    { lang: 'Shell', label: 'curl', source: curl(request) },
    { lang: 'Python', label: 'Python', source: python(request) },
    { lang: 'TypeScript', label: 'TypeScript', source: typescript(request) },
  ];
}

function curl({ method, path, tokenVariable, body }: SampleRequest): string {
  const implied = body === undefined ? 'GET' : 'POST';
  const lines = [
    `curl ${method === implied ? '' : `-X ${method} `}"${url(path, (name) => `$${name}`)}"`,
    ...(tokenVariable === null ? [] : [`-H "Authorization: Bearer $${tokenVariable}"`]),
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d '${json(body).replaceAll("'", String.raw`'\''`)}'`]),
  ];
  return lines.join(' \\\n  ');
}

function python({ method, path, tokenVariable, body, returns }: SampleRequest): string {
  const environment = (name: string) => `{os.environ['${name}']}`;
  const target = url(path, environment);
  const needsEnvironment = tokenVariable !== null || target.includes('{');
  const parameters = [
    `${target.includes('{') ? 'f' : ''}"${target}"`,
    ...(tokenVariable === null ? [] : [`headers={"Authorization": f"Bearer ${environment(tokenVariable)}"}`]),
    ...(body === undefined ? [] : [`json=${indent(pythonLiteral(body), '    ')}`]),
  ];
  return [
    ...(needsEnvironment ? ['import os', ''] : []),
    'import requests',
    '',
    `response = requests.${method.toLowerCase()}(`,
    ...parameters.map((parameter) => `    ${parameter},`),
    ')',
    'response.raise_for_status()',
    ...(returns === 'nothing' ? [] : [`print(response.${returns === 'json' ? 'json()' : 'text'})`]),
  ].join('\n');
}

function typescript({ method, path, tokenVariable, body, returns }: SampleRequest): string {
  const target = url(path, (name) => `\${process.env.${name}}`);
  const headers = [
    ...(tokenVariable === null ? [] : [`Authorization: \`Bearer \${process.env.${tokenVariable}}\``]),
    ...(body === undefined ? [] : ["'Content-Type': 'application/json'"]),
  ];
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(headers.length === 0 ? [] : [`headers: { ${headers.join(', ')} }`]),
    ...(body === undefined ? [] : [`body: JSON.stringify(${indent(json(body), '  ')})`]),
  ];
  const quote = target.includes('$') ? '`' : "'";
  const call = `const response = await fetch(${quote}${target}${quote}`;
  return [
    ...(options.length === 0
      ? [`${call});`]
      : [`${call}, {`, ...options.map((option) => `  ${option},`), '});']),
    'if (!response.ok) throw new Error(await response.text());',
    ...(returns === 'nothing' ? [] : [`console.log(await response.${returns}());`]),
  ].join('\n');
}

/** The environment variables of ids, as in the README. `TOKEN` is the bearer token. */
const ID_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['provider_id', 'PROVIDER'],
  ['model_id', 'MODEL'],
  ['token_id', 'TOKEN_ID'],
]);

function url(path: string, variable: (name: string) => string): string {
  return BASE_URL + path.replace(/\{(\w+)\}/g, (_whole, id: string) => variable(ID_VARIABLES.get(id)!));
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function pythonLiteral(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const isList = Array.isArray(value);
  const items = Object.entries(value).map(
    ([key, item]) => `${isList ? '' : `${JSON.stringify(key)}: `}${pythonLiteral(item)}`,
  );
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  if (items.length === 0) return open + close;
  return `${open}\n${items.map((item) => `    ${indent(item, '    ')},`).join('\n')}\n${close}`;
}

/** Indents every line but the first. */
function indent(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
}
