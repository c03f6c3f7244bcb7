import { parseArgs } from 'node:util';

const USAGE = `Measures Caret against floors beside it, on this machine.

  npm run bench -- [options]

  --quick       one round of short windows: does it all still run?
  --only a,b    these cells alone
  --peers       Caret beside other products as well, which are installed the first time (peers/README.md)
  --json        one JSON document on standard output; everything else on standard error
  --no-build    dist/ as it is
  --help        this text

Cells: `;

/**
 * What was asked for on the command line, with `only` as a list of cells, all our own where none is named. Ends the process
 * after the help (0), and where an option or a cell is not known (2).
 */
export function readCommandLine(ownCells, peerCells) {
  const cells = [...ownCells, ...peerCells];
  const values = parse(cells);
  if (values.help) {
    console.log(USAGE + cells.join(', '));
    process.exit(0);
  }
  const chosen = values.only === undefined ? ownCells : values.only.split(',');
  const only = values.peers ? [...chosen, ...peerCells] : chosen;
  const unknown = only.filter((name) => !cells.includes(name));
  if (unknown.length > 0) refuse(`There is no cell '${unknown.join("', '")}'.`, cells);
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
    return refuse(error.message, cells);
  }
}

function refuse(problem, cells) {
  console.error(`${problem}\n\n${USAGE}${cells.join(', ')}`);
  process.exit(2);
}
