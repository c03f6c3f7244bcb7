import { parseArgs } from 'node:util';

const USAGE = `Measures Caret against floors in the same run, on this machine.

  npm run bench -- [options]

  --quick       run one round of short windows, to see whether everything works
  --only a,b    run these cells only
  --peers       also compare Caret with other products, which the first run installs (peers/README.md)
  --json        print one JSON document to standard output and everything else to standard error
  --no-build    use the existing dist/
  --help        print this text

Cells: `;

/**
 * Parses the command line. `only` becomes a list of cells, by default all of Caret's own. Exits with 0 after `--help` and
 * with 2 for an unknown option or cell.
 */
export function readCommandLine(ownCells, peerCells) {
  const cells = [...ownCells, ...peerCells];
  const values = parse(cells);
  if (values.help) {
    console.log(USAGE + cells.join(', '));
    process.exit(0);
  }
  const requested = values.only === undefined ? ownCells : values.only.split(',');
  const only = values.peers ? [...requested, ...peerCells] : requested;
  const unknown = only.filter((name) => !cells.includes(name));
  if (unknown.length > 0) exitWithUsage(`There is no cell '${unknown.join("', '")}'.`, cells);
  return { quick: values.quick, json: values.json, build: !values['no-build'], only: [...new Set(only)] };
}

function parse(cells) {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        peers: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
    return exitWithUsage(error.message, cells);
  }
}

function exitWithUsage(problem, cells) {
  console.error(`${problem}\n\n${USAGE}${cells.join(', ')}`);
  process.exit(2);
}
