import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installOnce } from '../support/install-once.mjs';
import { shell } from './shell.mjs';

const MAVEN_COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';

/** Installs what generators need into folders of `cache`. Go and Maven have caches of their own for the rest. */
export class Dependencies {
  #installations = new Map();
  #cache;

  constructor(cache) {
    this.#cache = cache;
  }

  /**
   * Resolves with the environment of a generator's commands. `source` is its folder, `target` the folder for what its
   * `requirements.txt` or `package-lock.json` pins, so that Node finds modules from any folder inside `target`.
   */
  async install(source, target, jar) {
    const path = [process.env.PATH];
    const requirements = join(source, 'requirements.txt');
    const lock = join(source, 'package-lock.json');
    if (existsSync(requirements)) {
      await this.#once(target, readFileSync(requirements, 'utf8'), async () => {
        await shell(`python3 -m venv ${target}`);
        await shell(`bin/pip install --quiet --no-deps --requirement ${requirements}`, { cwd: target });
      });
      path.unshift(join(target, 'bin'));
    }
    if (existsSync(lock)) {
      await this.#once(target, readFileSync(lock, 'utf8'), () =>
        shell(`cp ${source}/package*.json . && npm ci --ignore-scripts --no-audit --no-fund`, {
          cwd: target,
        }),
      );
      path.unshift(join(target, 'node_modules/.bin'));
    }
    return { PATH: path.join(':'), ...(jar && { JAR: await this.#jar(jar) }) };
  }

  async #jar(artifact) {
    const [, name, version] = artifact.split(':');
    const target = join(this.#cache, name);
    await this.#once(target, artifact, () =>
      shell(`mvn --quiet --batch-mode ${MAVEN_COPY} -Dartifact=${artifact} -DoutputDirectory=${target}`),
    );
    return join(target, `${name}-${version}.jar`);
  }

  /** Generators that share a folder wait for one installation. */
  #once(target, pinned, install) {
    const installation = this.#installations.get(target) ?? installOnce(target, pinned, install);
    this.#installations.set(target, installation);
    return installation;
  }
}
