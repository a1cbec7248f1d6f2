/**
 * `npm run planted`: plants mistakes in a copy of the project, one at a time, and runs the suites of the gate that are meant
 * to find them. Suites that draw seeds or dates are run under several draws. Prints a table, and exits with 1 when a mistake
 * was not found.
 *
 *   npm run planted -- --draws 3 window     three draws, mistakes with "window" in their names
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment } from '../shared/config.ts';

interface Change {
  /** File or folder in which `right` is written exactly once. */
  readonly where: string;
  readonly right: string;
  readonly wrong: string;
}

/** A small mistake in the product that the gate (`.ci/run`) must find. */
interface Mistake {
  readonly name: string;
  readonly changes: readonly Change[];
  /** Suites that should find the mistake and draw nothing: they are run once. */
  readonly always?: readonly string[];
  /** Suites that should find the mistake and draw seeds or dates: they are run once for each draw. Arguments of vitest. */
  readonly drawn?: readonly string[];
}

const CASES = ['test/sql/cases'];
/** Known seasons, the same dates in every run. */
const REAL_SEASONS = ['test/sql/phase4-real'];
/** The same without the real season, because a home would be built for it with each draw. */
const LEAKAGE = ['test/real/leakage.test.ts', '--testNamePattern=season simulated'];
/** One test of each suite on 60 drawn dates of a real season: a home is built for it with each draw. */
const RESTATEMENT = ['test/real/restatement.test.ts', '--testNamePattern=rebuilds the shot zones'];
const LOST_ROWS = ['test/real/lost-rows.test.ts', '--testNamePattern=without the row of one defence'];
const SIMULATOR = ['test/simulator/even-seeds.test.ts', 'test/simulator/odd-seeds.test.ts'];
/** A run without faults that checks, whenever something is published, what has been recorded by then. */
const RECORDED_FIRST = ['test/simulator/recorded-first'];
const LOADERS = ['test/ingest/box-scores', 'test/ingest/load-table'];
const MACROS = ['test/sql/dialect', 'test/sql/cases'];

const MISTAKES: readonly Mistake[] = [
  {
    name: 'window: the averages of the league read 31 days instead of 30',
    changes: [
      {
        where: 'functions/processors/team_defense_zone_analysis/query.sql',
        right: 'BETWEEN dates.analysis_date - 30 AND',
        wrong: 'BETWEEN dates.analysis_date - 31 AND',
      },
    ],
    always: REAL_SEASONS,
  },
  {
    name: 'window: shot zones read 21 games instead of 20',
    changes: [
      {
        where: 'functions/processors/player_shot_zone_analysis/query.sql',
        right: 'ROWS BETWEEN 19 PRECEDING AND CURRENT ROW',
        wrong: 'ROWS BETWEEN 20 PRECEDING AND CURRENT ROW',
      },
    ],
    always: CASES,
    drawn: LEAKAGE,
  },
  {
    name: 'window: the load of a player counts 15 days instead of 14',
    changes: [
      {
        where: 'functions/processors/upcoming_player_game_context/query.sql',
        right: 'BETWEEN universe.game_date - 14 AND',
        wrong: 'BETWEEN universe.game_date - 15 AND',
      },
    ],
    always: CASES,
  },
  {
    name: 'leak: the form of a player includes the game of the date itself',
    changes: [
      {
        where: 'functions/processors/player_daily_cache/query.sql',
        right: 'AND form.game_date < universe.game_date',
        wrong: 'AND form.game_date <= universe.game_date',
      },
    ],
    drawn: LEAKAGE,
  },
  {
    name: 'leak: the load of a team includes the game of the date itself',
    changes: [
      {
        where: 'functions/processors/upcoming_team_game_context/query.sql',
        right: 'BETWEEN own.game_date - 14 AND own.game_date - 1',
        wrong: 'BETWEEN own.game_date - 14 AND own.game_date',
      },
    ],
    drawn: LEAKAGE,
  },
  {
    name: 'restatement: a corrected game is followed through one game less than the window has',
    changes: [
      {
        where: 'shared/domain/evaluation.ts',
        right: 'lastGames(input.table, input.window.games, season)',
        wrong: 'lastGames(input.table, input.window.games - 1, season)',
      },
    ],
    drawn: RESTATEMENT,
  },
  {
    name: 'readiness: factors are ready although the defence of the opponent is missing',
    changes: [
      {
        where: 'functions/processors/player_composite_factors/query.sql',
        right: 'shots_ready AND defense_ready AND context_ready',
        wrong: 'shots_ready AND context_ready',
      },
    ],
    drawn: LOST_ROWS,
  },
  {
    name: 'handler: a run is acknowledged before its outcome is recorded',
    changes: [
      {
        where: 'functions/handlers/run-processor.ts',
        right: "  const eventId = await inSpan(ports, 'settle', () => settleRun(ports, run, outcome));",
        wrong:
          "  void inSpan(ports, 'settle', () => settleRun(ports, run, outcome)).catch(() => undefined);\n" +
          '  const eventId: string | undefined = undefined;',
      },
    ],
    drawn: SIMULATOR,
  },
  {
    name: 'handler: a request is published before its run is recorded',
    changes: [
      {
        where: 'shared/state',
        right: '    intend(tx, phase, message, now);\n    return { eventId: message.eventId, runId };',
        wrong:
          '    await ports.publisher.publish(`nba-${phase}-${message.mode === "live" ? "run" : "backfill"}`, JSON.stringify(message));\n' +
          '    return { eventId: message.eventId, runId };',
      },
    ],
    always: RECORDED_FIRST,
    drawn: SIMULATOR,
  },
  {
    name: 'handler: an intent to publish is deleted before the broker has the message',
    changes: [
      {
        where: 'shared/state/outbox.ts',
        right: '    await ports.publisher.publish(intent.topic, intent.body);\n',
        wrong: '',
      },
      {
        where: 'shared/state/outbox.ts',
        right: '  }\n  return waiting.length;',
        wrong: '    await ports.publisher.publish(intent.topic, intent.body);\n  }\n  return waiting.length;',
      },
    ],
    always: RECORDED_FIRST,
    drawn: SIMULATOR,
  },
  {
    name: 'macro: a division by zero gives 0',
    changes: [
      {
        where: 'shared/adapters/embedded/dialect.ts',
        right: 'CAST(x AS DOUBLE) / NULLIF(CAST(y AS DOUBLE), 0)',
        wrong: 'COALESCE(CAST(x AS DOUBLE) / NULLIF(CAST(y AS DOUBLE), 0), 0)',
      },
    ],
    always: MACROS,
  },
  {
    name: 'macro: COUNTIF counts what is false',
    changes: [
      {
        where: 'shared/adapters/embedded/dialect.ts',
        right: 'AS COUNT(NULLIF(x, FALSE))',
        wrong: 'AS COUNT(x)',
      },
    ],
    always: MACROS,
  },
  {
    name: 'loader: the last row of a file is dropped',
    changes: [
      {
        where: 'functions/ingest/load-table.ts',
        right: '  loading.finish?.(rows);',
        wrong: '  rows.pop();\n  loading.finish?.(rows);',
      },
    ],
    always: LOADERS,
  },
  {
    name: 'loader: steals and blocks are exchanged',
    changes: [
      {
        where: 'functions/ingest',
        right: "    steals: source.count('stl'),\n    blocks: source.count('blk'),",
        wrong: "    steals: source.count('blk'),\n    blocks: source.count('stl'),",
      },
    ],
    always: LOADERS,
  },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const drawsAt = args.indexOf('--draws');
const draws = drawsAt === -1 ? 10 : Number(args[drawsAt + 1]);
const wanted = args.find((arg, i) => !arg.startsWith('-') && (drawsAt === -1 || i !== drawsAt + 1)) ?? '';

const copy = copyOfProject();
let missed = 0;
try {
  const chosen = MISTAKES.filter(({ name }) => name.includes(wanted));
  expectGreen(chosen);
  for (const mistake of chosen) missed += tryOut(mistake);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(missed === 0 ? 'Every mistake was found' : `${missed} mistakes were not found in every draw`);
process.exitCode = missed === 0 ? 0 : 1;

/** Copies the files that git tracks or would add to a folder, and links the installed packages. */
function copyOfProject(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-planted-'));
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const file of stdout.split('\0').filter((name) => name !== '')) {
    try {
      cpSync(join(root, file), join(folder, file), { recursive: true });
    } catch {
      // The file is deleted, and that is not committed yet.
    }
  }
  for (const installed of ['node_modules', '.tools'])
    symlinkSync(join(root, installed), join(folder, installed));
  return folder;
}

/** Checks that every suite passes without a mistake, else its failure proves nothing. @throws Error naming the test */
function expectGreen(mistakes: readonly Mistake[]): void {
  const suites = mistakes
    .flatMap(({ always, drawn }) => [always, drawn])
    .filter((each) => each !== undefined);
  for (const suite of new Set(suites)) {
    const found = failingTest(suite, 'planted-0');
    if (found !== undefined) throw new Error(`Without a mistake this fails: ${found}`);
  }
}

/** Plants one mistake, prints which test finds it, and takes it out again. @returns 1 when a draw did not find it */
function tryOut({ name, changes, always = [], drawn = [] }: Mistake): number {
  const undo = changes.map(plant);
  try {
    const certain = always.length === 0 ? undefined : failingTest(always, 'planted-0');
    if (certain !== undefined) {
      console.log(`found in every draw      ${name}\n                         by ${certain}`);
      return 0;
    }
    const by = Array.from({ length: drawn.length === 0 ? 0 : draws }, (_, i) =>
      failingTest(drawn, `planted-${i + 1}`),
    );
    const finders = by.filter((each) => each !== undefined);
    const isFound = by.length > 0 && finders.length === by.length;
    console.log(
      `${isFound ? 'found' : 'NOT FOUND'} in ${finders.length} of ${by.length} draws   ${name}` +
        (finders[0] === undefined ? '' : `\n                         by ${finders[0]}`),
    );
    return isFound ? 0 : 1;
  } finally {
    for (const restore of undo) restore();
  }
}

/** Changes the file. @returns a function that restores it @throws Error when the text to change is not there exactly once */
function plant({ where, right, wrong }: Change): () => void {
  const files = filesIn(join(copy, where)).filter((file) => readFileSync(file, 'utf8').includes(right));
  const [file] = files;
  const text = file === undefined ? '' : readFileSync(file, 'utf8');
  if (file === undefined || files.length > 1 || text.split(right).length > 2)
    throw new Error(`${where} does not have this text exactly once:\n${right}`);
  writeFileSync(
    file,
    text.replace(right, () => wrong),
  );
  return () => writeFileSync(file, text);
}

function filesIn(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path).flatMap((name) => filesIn(join(path, name)));
}

interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs suites as the gate does. @returns the file and name of the first test that fails, or undefined when all pass */
function failingTest(suites: readonly string[], draw: string): string | undefined {
  const report = join(copy, '.report.json');
  rmSync(report, { force: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(copy, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--bail=1',
      ...suites,
    ],
    {
      cwd: copy,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: {
        ...environment,
        FULLCOURT_PROOF: 'ci',
        FULLCOURT_DRAW: draw,
        FULLCOURT_DATA: resolve(root, environment['FULLCOURT_DATA'] ?? '../shared/data'),
        FULLCOURT_TEST_REPORT: report,
      },
    },
  );
  if (status === 0) return undefined;
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as TestReport;
    for (const { name, assertionResults } of testResults) {
      const failed = assertionResults.find((test) => test.status === 'failed');
      if (failed !== undefined) return `${relative(copy, name)}: ${failed.fullName}`;
    }
    const broken = testResults.find(({ message }) => message !== '');
    if (broken !== undefined) return `${relative(copy, broken.name)}: ${broken.message.split('\n')[0]}`;
  } catch {
    // When there is no report, the output is all there is to show.
  }
  throw new Error(`The suites could not be run:\n${stdout}\n${stderr}`);
}
