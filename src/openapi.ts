import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app/app.module';
import { openApiDocument } from './app/openapi-document';
import { loadConfig } from './config/config';
import { parseKeyRing } from './crypto/key-ring';
import { createFastifyAdapter } from './http/server/fastify-adapter';

/** Writes the OpenAPI document. Nothing is started: neither a database nor a key is needed. */
async function main(file: string): Promise<void> {
  const config = loadConfig({});
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({
      config,
      keyRing: parseKeyRing(`document:${randomBytes(32).toString('base64')}`),
      releaseDatabase: () => undefined,
      announceToken: () => undefined,
    }),
    createFastifyAdapter(config),
    { logger: ['error'] },
  );
  writeFileSync(file, `${JSON.stringify(openApiDocument(app), null, 2)}\n`);
  await app.close();
}

void main(process.argv[2] ?? 'openapi.json');
