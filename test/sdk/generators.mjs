import { readFileSync } from 'node:fs';

const OGEN = '1.25.0';
const OAPI_CODEGEN = '2.8.2';
const OPENAPI_GENERATOR = '7.25.0';

/**
 * The tested generators and linters. Each has a folder with its driver and its pinned dependencies. The commands run in
 * a copy of that folder. They generate a client from `$OPENAPI`, compile it, and drive a running service with it.
 * The slowest are first, because they run in parallel.
 */
export const GENERATORS = [
  {
    ...openapiGenerator({
      language: 'java',
      options:
        '--library native -p invokerPackage=caret.client,apiPackage=caret.api,modelPackage=caret.model',
    }),
    compile: 'mvn --quiet --batch-mode compile',
    drive: 'mvn --quiet --batch-mode exec:java',
  },
  {
    name: 'ogen',
    version: OGEN,
    needs: ['go'],
    generate: `go run github.com/ogen-go/ogen/cmd/ogen@v${OGEN} --target caret --package caret $OPENAPI`,
    compile: 'go vet ./...',
  },
  {
    name: 'oapi-codegen',
    version: OAPI_CODEGEN,
    needs: ['go'],
    generate: `go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v${OAPI_CODEGEN} -config config.yaml $OPENAPI`,
    compile: 'go vet ./... && go build -o driver .',
    drive: './driver',
  },
  {
    name: 'openapi-python-client',
    version: fromPip('openapi-python-client', 'openapi-python-client'),
    needs: ['python3'],
    generate:
      'openapi-python-client generate --path $OPENAPI --meta none --output-path caret_client --fail-on-warning',
    compile: 'python -m compileall -q caret_client',
    drive: 'python driver.py',
  },
  {
    ...openapiGenerator({
      language: 'go',
      needs: ['go'],
      options: '--output caret -p packageName=caret,withGoMod=false',
    }),
    compile: 'go vet . ./caret && go build -o driver .',
    drive: './driver',
  },
  {
    ...openapiGenerator({ language: 'python', needs: ['python3'], options: '-p packageName=caret_client' }),
    compile: 'python -m compileall -q caret_client',
    drive: 'python driver.py',
  },
  {
    name: 'openapi-typescript',
    version: fromNpm('openapi-typescript', 'openapi-typescript'),
    generate: 'openapi-typescript $OPENAPI --output schema.ts',
    compile: 'tsc',
    drive: 'node out/driver.js',
  },
  {
    name: 'spectral',
    version: fromNpm('lint', '@stoplight/spectral-cli'),
    folder: 'lint',
    generate: 'spectral lint --fail-severity hint $OPENAPI',
  },
  {
    name: 'redocly',
    version: fromNpm('lint', '@redocly/cli'),
    folder: 'lint',
    generate: 'redocly lint $OPENAPI',
  },
];

function openapiGenerator({ language, needs = [], options }) {
  return {
    name: `openapi-generator-${language}`,
    version: OPENAPI_GENERATOR,
    needs: ['java', 'maven', ...needs],
    jar: `org.openapitools:openapi-generator-cli:${OPENAPI_GENERATOR}`,
    generate: `java -jar $JAR generate --input-spec $OPENAPI --generator-name ${language} ${options}`,
  };
}

function fromPip(folder, name) {
  const requirements = readFileSync(new URL(`${folder}/requirements.txt`, import.meta.url), 'utf8');
  return new RegExp(`^${name}==(.+)$`, 'm').exec(requirements)[1];
}

function fromNpm(folder, name) {
  const manifest = readFileSync(new URL(`${folder}/package.json`, import.meta.url), 'utf8');
  return JSON.parse(manifest).devDependencies[name];
}
