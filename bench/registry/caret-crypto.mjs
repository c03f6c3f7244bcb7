import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const dist = (file) => require(`../../dist/${file}`);

/**
 * Opens Caret's own encryption and keyed hashes with a registry's keys, so that rows inserted in bulk equal rows of the
 * service.
 */
export async function cryptoOf(registry) {
  const { parseKeyRing } = dist('crypto/key-ring.js');
  const { readKeyFile } = dist('crypto/key-file.js');
  const { LocalKeyProvider } = dist('crypto/local-key-provider.js');
  const { ServerSecretService } = dist('crypto/server-secret.service.js');
  const { CryptoService } = dist('crypto/crypto.service.js');
  const { ENCRYPTION_KEYS: keys } = registry.env;
  const ring = keys ? parseKeyRing(keys) : readKeyFile(join(registry.directory, 'encryption.keys'));
  const provider = new LocalKeyProvider(ring);
  const secret = new ServerSecretService(secretsOf(registry), provider, { register() {} });
  await secret.load();
  return new CryptoService(provider, secret);
}

function secretsOf(registry) {
  return {
    async find(name) {
      const [row] = await registry.rows('SELECT sealed_value, version FROM server_secrets WHERE name = ?', [
        name,
      ]);
      return { sealedValue: row.sealed_value, version: row.version };
    },
  };
}

export function identityKey(name) {
  return dist('common/identity-key.js').identityKey(name);
}

/** Creates a token for the row `id` in Caret's format. */
export function createToken(id) {
  return dist('tokens/token-format.js').createToken(id);
}
