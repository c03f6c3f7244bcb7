import { spawnSync } from 'node:child_process';

/** What asks for each toolchain, and how to name it when it is missing. */
const TOOLCHAINS = {
  go: { probe: 'go version', label: 'Go 1.21 or newer' },
  java: { probe: 'javac --version', label: 'a JDK, 17 or newer' },
  maven: { probe: 'mvn --version', label: 'Maven 3.8 or newer' },
  python3: {
    probe: 'python3 -c "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"',
    label: 'Python 3.11 or newer with venv',
  },
};

const found = new Map();

/** The names of the toolchains that this machine has not. */
export function missingToolchains(names) {
  return names.filter((name) => !isInstalled(name)).map((name) => TOOLCHAINS[name].label);
}

function isInstalled(name) {
  if (!found.has(name)) {
    const { status } = spawnSync(TOOLCHAINS[name].probe, { shell: true, stdio: 'ignore' });
    found.set(name, status === 0);
  }
  return found.get(name);
}
