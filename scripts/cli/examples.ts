/** Two or more examples and a page for every command, which `--help` prints. */
import type { Command } from 'commander';

interface Help {
  readonly examples: readonly string[];
  /** A page of the documentation, as it lies beside the program. */
  readonly page: string;
}

const DAY = '2022-03-01';

/** By the names of a command: `backfills show`. */
export const HELP: Readonly<Record<string, Help>> = {
  start: { examples: ['start --seasons 1 --seed 1', 'start --data DIR --exit'], page: 'README.md' },
  import: {
    examples: ['import --from DIR --dry-run', 'import --from DIR --season 2023-24'],
    page: 'docs/import.md',
  },
  ingest: {
    examples: ['ingest --date 2026-02-11', 'ingest --date 2026-02-11 --source nba_cdn --json'],
    page: 'docs/sources.md',
  },
  sources: {
    examples: ['sources', 'sources --canary', 'sources --now 2024-01-26T18:30:00Z --json'],
    page: 'docs/sources.md',
  },
  simulate: {
    examples: ['simulate --seasons 2 --seed 7', 'simulate --seasons 1 --first-season 2023'],
    page: 'docs/simulate.md',
  },
  backfill: {
    examples: [
      'backfill --season 2021-22 --from 4',
      'backfill --start 2022-01-01 --end 2022-01-31 --only missing',
    ],
    page: 'docs/backfill.md',
  },
  preflight: {
    examples: ['preflight --phase 4 --season 2021-22', `preflight --phase 5 --dates ${DAY} --json`],
    page: 'docs/backfill.md',
  },
  impact: {
    examples: [
      "impact --game 20220301_DAL_LAL --player lukadoncic --set assists=7 --reason 'the league has corrected it'",
      'impact --backfill --season 2021-22 --from 4 --bound',
    ],
    page: 'docs/impact.md',
  },
  plan: {
    examples: ['plan --season 2021-22', `plan --dates ${DAY} --only stale`],
    page: 'docs/backfill.md',
  },
  backfills: { examples: ['backfills', 'backfills show ID'], page: 'docs/backfill.md' },
  'backfills list': {
    examples: ['backfills list --state done_with_failures', 'backfills list --limit 0 --json'],
    page: 'docs/backfill.md',
  },
  'backfills show': { examples: ['backfills show ID', 'backfills show ID --json'], page: 'docs/backfill.md' },
  'backfills watch': { examples: ['backfills watch last', 'backfills watch ID'], page: 'docs/backfill.md' },
  'backfills pause': {
    examples: ['backfills pause ID', 'backfills pause ID --json'],
    page: 'docs/backfill.md',
  },
  'backfills resume': {
    examples: ['backfills resume ID', 'backfills resume ID --json'],
    page: 'docs/backfill.md',
  },
  'backfills cancel': {
    examples: ['backfills cancel ID', 'backfills cancel ID --json'],
    page: 'docs/backfill.md',
  },
  'backfills retry': {
    examples: ['backfills retry ID', 'backfills retry ID --json'],
    page: 'docs/backfill.md',
  },
  'backfills report': {
    examples: ['backfills report last', 'backfills report ID --out report.html'],
    page: 'docs/backfill.md',
  },
  status: {
    examples: [`status --date ${DAY}`, `status --date ${DAY} --why player_daily_cache`],
    page: 'docs/inspect.md',
  },
  why: {
    examples: [
      `why ${DAY} player_daily_cache`,
      `why ${DAY}`,
      'why ml_feature_store_v2 --start 2021-11-01 --end 2021-12-01 --json',
    ],
    page: 'docs/inspect.md',
  },
  gaps: {
    examples: [
      'gaps',
      `gaps --start 2021-11-01 --end ${DAY} --table player_daily_cache`,
      'gaps --heal --json',
    ],
    page: 'docs/health.md',
  },
  health: { examples: ['health', 'health --week --json'], page: 'docs/health.md' },
  mute: {
    examples: [
      'mute KEY --until 2026-12-24 --reason "the source is back on Christmas Eve"',
      'mute KEY --until 2026-12-24 --reason "known" --by ann --json',
    ],
    page: 'docs/health.md',
  },
  validate: {
    examples: [
      'validate --start 2021-11-01 --end 2021-11-07',
      'validate --start 2021-11-01 --end 2021-11-07 --tables player_game_summary --json',
      'validate --start 2021-11-01 --end 2021-11-07 --spot 5',
    ],
    page: 'docs/validate.md',
  },
  accept: {
    examples: [
      'accept --list',
      `accept --table nbac_player_boxscores --dates ${DAY} --reason "the scoresheet was lost"`,
    ],
    page: 'docs/inspect.md',
  },
  coverage: {
    examples: [
      'coverage --start 2021-10-19 --end 2022-04-10 --by week',
      'coverage --start 2021-10-19 --end 2022-04-10 --missing --csv > missing.csv',
    ],
    page: 'docs/inspect.md',
  },
  restatements: {
    examples: [
      `restatements --start ${DAY} --end ${DAY}`,
      `restatements --start ${DAY} --end ${DAY} --tables nbac_shot_chart --through 4`,
    ],
    page: 'docs/inspect.md',
  },
  query: {
    examples: [
      'query "SELECT COUNT(*) AS n FROM nba_analytics.player_game_summary"',
      `query "SELECT * FROM nba_raw.nbac_schedule WHERE game_date = '${DAY}'" --format csv --limit 0`,
      `query "SELECT * FROM nba_analytics.player_game_summary" --as-known-at 2022-03-02T18:00:00Z --dates ${DAY}`,
    ],
    page: 'docs/query.md',
  },
  tables: { examples: ['tables', 'tables player_game_summary'], page: 'docs/tables/README.md' },
  export: {
    examples: ['export --to DIR', 'export --to DIR --tables player_game_summary,ml_feature_store_v2'],
    page: 'docs/export.md',
  },
  snapshot: { examples: ['snapshot --to DIR', 'snapshot --to DIR --json'], page: 'docs/export.md' },
  config: { examples: ['config', 'config --json'], page: 'docs/home.md' },
  diff: {
    examples: [`diff ${DAY}`, `diff ${DAY} --table player_game_summary`],
    page: 'docs/inspect.md',
  },
  corrections: {
    examples: [`corrections --since ${DAY}`, `corrections --since ${DAY} --json`],
    page: 'docs/inspect.md',
  },
  predict: {
    examples: ['predict --date 2024-01-26', 'predict --date 2024-01-26 --json'],
    page: 'docs/models.md',
  },
  grade: { examples: ['grade --date 2024-01-26', 'grade --date 2024-01-26 --json'], page: 'docs/models.md' },
  train: {
    examples: [
      'train --start 2021-10-19 --end 2023-04-09',
      'train --start 2023-10-24 --end 2024-04-14 --rolling --model lad',
    ],
    page: 'docs/models.md',
  },
  evaluate: {
    examples: [
      'evaluate --model champion --start 2023-10-24 --end 2024-04-14',
      'evaluate --model ID --start 2023-10-24 --end 2024-04-14 --report DIR',
    ],
    page: 'docs/models.md',
  },
  backtest: {
    examples: [
      'backtest --start 2022-10-18 --end 2023-04-09 --model lad',
      'backtest --start 2022-10-18 --end 2023-04-09 --report DIR',
    ],
    page: 'docs/models.md',
  },
  explain: {
    examples: [
      'explain 2024-01-26 "luka doncic"',
      'explain 2024-01-26 "luka doncic" --system xgboost_v1 --json',
    ],
    page: 'docs/models.md',
  },
  models: { examples: ['models', 'models show ID'], page: 'docs/models.md' },
  'models list': {
    examples: ['models list --on 2024-01-15', 'models list --json'],
    page: 'docs/models.md',
  },
  'models show': { examples: ['models show ID', 'models show ID --json'], page: 'docs/models.md' },
  'models drift': {
    examples: ['models drift champion', 'models drift ID --start 2024-03-01 --end 2024-04-14'],
    page: 'docs/models.md',
  },
  'models promote': {
    examples: ['models promote ID', 'models promote ID --force --reason "the first model"'],
    page: 'docs/models.md',
  },
  'models rollback': {
    examples: ['models rollback', 'models rollback --as challenger'],
    page: 'docs/models.md',
  },
  rejects: { examples: ['rejects', 'rejects --json'], page: 'docs/inspect.md' },
  migrate: { examples: ['migrate --dry-run', 'migrate'], page: 'docs/home.md' },
  recover: { examples: ['recover --dry-run', 'recover'], page: 'docs/recover.md' },
  reset: { examples: ['reset', 'reset --yes'], page: 'docs/home.md' },
  unresolved: { examples: ['unresolved', 'unresolved --json'], page: 'docs/players.md' },
  alias: {
    examples: ['alias', 'alias "Luka Doncic" 1629029 --team DAL'],
    page: 'docs/players.md',
  },
  player: { examples: ['player "luka doncic"', 'player 1629029'], page: 'docs/players.md' },
  'dead-letters': { examples: ['dead-letters', 'dead-letters show ID'], page: 'docs/inspect.md' },
  'dead-letters list': {
    examples: ['dead-letters list', 'dead-letters list --json'],
    page: 'docs/inspect.md',
  },
  'dead-letters show': {
    examples: ['dead-letters show ID', 'dead-letters show ID --json'],
    page: 'docs/inspect.md',
  },
  'dead-letters edit': {
    examples: [
      `dead-letters edit ID --message '{"season":"2021-22"}'`,
      'dead-letters edit ID --file request.json',
    ],
    page: 'docs/inspect.md',
  },
  'dead-letters delete': {
    examples: ['dead-letters delete ID', 'dead-letters delete ID --json'],
    page: 'docs/inspect.md',
  },
  'dead-letters replay': {
    examples: ['dead-letters replay ID', 'dead-letters replay ID --json'],
    page: 'docs/inspect.md',
  },
  serve: {
    examples: ['serve --port 8787', 'serve --target emulator --processes one'],
    page: 'docs/backfill.md',
  },
  deploy: {
    examples: [
      'deploy --project my-project --region us-central1',
      'deploy --dry-run --project my-project --out DIR',
    ],
    page: 'docs/deploy.md',
  },
  'verify-deploy': {
    examples: [
      'verify-deploy --project my-project --region us-central1',
      'verify-deploy --project my-project --no-probe',
    ],
    page: 'docs/deploy.md',
  },
  doctor: {
    examples: ['doctor --project my-project', 'doctor --project my-project --json'],
    page: 'docs/deploy.md',
  },
  undeploy: {
    examples: ['undeploy --project my-project --dry-run', 'undeploy --project my-project'],
    page: 'docs/deploy.md',
  },
};

/** What stands below the flags of a command: its examples and its page. Empty for a command of which nothing is told. */
export function helpAfter(names: string): string {
  const help = HELP[names];
  if (help === undefined) return '';
  return [
    '',
    'Examples:',
    ...help.examples.map((example) => `  fullcourt ${example}`),
    '',
    `More: ${help.page}`,
  ].join('\n');
}

/** The names of a command below the program: `backfills show`. */
export function pathOf(command: Command): string {
  return command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();
}
