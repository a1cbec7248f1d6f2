/** The plan is a value: the same twice, quoted for a shell, free of secrets, with its numbers inside of each other. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cron } from 'croner';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUDGETS, misfits, PLATFORM_LIMITS, runSize } from '../../shared/derive/budgets.ts';
import { SERVICE_KINDS } from '../../shared/derive/service-kinds.ts';
import { shellText, wrappedText } from '../../infra/steps/command-line.ts';
import { RUN_HISTORY_COLUMNS, tableShapes } from '../../shared/derive/ddl.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import { scriptLines } from '../../infra/steps/script.ts';
import { differences, holds } from '../../infra/steps/step.ts';
import { COMPOSITE_INDEXES, UNINDEXED_FIELDS } from '../../infra/declared/document-indexes.ts';
import { metricType } from '../../infra/declared/metrics.ts';
import { SCHEDULE_ZONE, SCHEDULES } from '../../infra/declared/schedules.ts';
import { services } from '../../shared/derive/services.ts';
import { RETRAINING } from '../../shared/derive/training-job.ts';
import { decode } from '../../shared/messages/decode.ts';
import { sweepRequested } from '../../shared/messages/schemas.ts';
import type { RunHistoryRow } from '../../shared/ports/warehouse.ts';
import { deployment, registry, target } from '../support/deployment.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const plan = deployPlan(deployment(), 'infra/x');
const commands = plan.stages.flatMap(({ steps }) => steps.flatMap(({ commands }) => commands));

describe('the plan', () => {
  it('is the same when it is made again', () => {
    const again = deployPlan(deployment(), 'infra/x');
    expect(again.stages).toEqual(plan.stages);
    expect([...again.files]).toEqual([...plan.files]);
  });

  it('names only files that it has, and has only files that it names', () => {
    const named = new Set(
      commands
        .flatMap(({ argv, input }) => [...argv, ...(input === undefined ? [] : [input])])
        .flatMap((word) => /infra\/x\/(\S+)$/.exec(word)?.[1] ?? []),
    );
    expect([...named].sort()).toEqual([...plan.files.keys()].sort());
  });

  it('asks no questions: every command of gcloud says --quiet', () => {
    for (const { argv } of commands)
      if (argv[0] === 'gcloud') expect(argv, argv.join(' ')).toContain('--quiet');
  });

  it('makes what others need before them', () => {
    const at = (part: string): number => scriptLines(plan.stages).findIndex((line) => line.includes(part));
    const order = [
      'gcloud services enable',
      'gcloud beta services identity create --service=pubsub',
      'gcloud iam service-accounts create nba-build',
      '--role=roles/run.builder',
      'gcloud pubsub topics create nba-sweep ',
      'nba_raw.dataset.sql',
      'nba_raw.nbac_schedule.sql',
      'nba_schedule.view.sql',
      'nba_players_registry.view.sql',
      'nba_raw.grants.sql',
      'gcloud run deploy nba-sweep',
      '--role=roles/run.invoker',
      'gcloud pubsub subscriptions create nba-sweep-sub',
      '--role=roles/pubsub.subscriber',
      'gcloud scheduler jobs create pubsub nba-sweep',
      'gcloud logging metrics create',
      'gcloud alpha monitoring policies create',
    ].map(at);
    expect(order.every((line) => line >= 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('holds no secret and no value of this machine', () => {
    const everything = [...scriptLines(plan.stages), ...plan.files.values()].join('\n');
    // Who may read the keys of the operator is said, and never what they are.
    const rest = everything.replaceAll(
      /secretmanager|secretAccessor|secret-nba-sources|\/secrets\/nba-sources/g,
      '',
    );
    expect(rest).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY|ya29\.|AIza|password|secret|api[_-]?key/i);
    expect(everything).not.toContain(process.cwd());
    expect(everything).not.toContain(process.env['HOME'] ?? '/root');
  });
});

describe('a command line', () => {
  it('means the same arguments to a shell, whatever is in them', () => {
    const word = fc
      .oneof(fc.string({ unit: 'binary' }), fc.string())
      .filter((text) => !/[\0\uD800-\uDFFF]/.test(text));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), fc.boolean(), (words, wrapped) => {
        const argv = [
          process.execPath,
          '-e',
          'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
          '--',
          ...words,
        ];
        const text = (wrapped ? wrappedText : shellText)({ argv });
        const ran = spawnSync('sh', ['-c', text], { encoding: 'utf8' });
        expect(JSON.parse(ran.stdout)).toEqual(words);
      }),
      { numRuns: 25 },
    );
  });

  it('is printed in one line each, and wraps to the same words', () => {
    for (const command of commands) {
      expect(shellText(command)).not.toContain('\n');
      expect(wrappedText(command).replaceAll(' \\\n  ', ' ')).toBe(shellText(command));
    }
  });
});

describe('times', () => {
  it('fit into each other: job, lease, function, acknowledgement', () => {
    expect(misfits(BUDGETS)).toEqual([]);
  });

  it.each<[keyof typeof BUDGETS, number]>([
    ['jobSeconds', 240],
    ['leaseSeconds', 540],
    ['functionSeconds', 600],
    ['ackDeadlineSeconds', 601],
  ])('do not fit when %s is %i', (name, seconds) => {
    expect(misfits({ ...BUDGETS, [name]: seconds }).length).toBeGreaterThan(0);
  });

  it('are those of every function and subscription', () => {
    for (const { timeoutSeconds } of deployment().functions)
      expect(timeoutSeconds).toBe(BUDGETS.functionSeconds);
    for (const { ackDeadlineSeconds } of deployment().subscriptions)
      expect(ackDeadlineSeconds).toBe(BUDGETS.ackDeadlineSeconds);
  });
});

describe('sizes', () => {
  it('let all instances of both lanes publish into one table, surge included, without a refused statement', () => {
    const { runningStatementsPerTable, waitingStatementsPerTable, instanceSurge } = PLATFORM_LIMITS;
    const atOnce = (['live', 'backfill'] as const).reduce((sum, lane) => {
      const { concurrency, maxInstances } = runSize(lane);
      expect(concurrency * maxInstances).toBeGreaterThan(0);
      return sum + concurrency * maxInstances;
    }, 0);
    expect(atOnce * instanceSurge).toBeLessThanOrEqual(runningStatementsPerTable + waitingStatementsPerTable);
  });

  it('give each lane functions of its own, so that a backfill takes none from live work', () => {
    const runs = services().filter(({ consumer }) => consumer === 'run');
    expect(runs.every(({ topics }) => topics.length === 1)).toBe(true);
    expect(
      Map.groupBy(runs, ({ phase }) => phase)
        .values()
        .every((lanes) => lanes.length === 2),
    ).toBe(true);
  });

  it('let one sweep work at a time', () => {
    expect(SERVICE_KINDS.sweep.size()).toEqual({ concurrency: 1, maxInstances: 1 });
  });
});

describe('documents', () => {
  /** Every query of the modules that read documents: each of their functions is called with a store that writes them down. */
  const queries: { readonly collection: string; readonly fields: readonly string[] }[] = [];
  beforeAll(async () => {
    const note = (collection: string, where: object = {}): void =>
      void queries.push({ collection: collection.split('/').at(-1) ?? '', fields: Object.keys(where) });
    const store = {
      get: () => Promise.resolve(undefined),
      getAll: () => Promise.resolve([]),
      list: (collection: string, where?: object) =>
        Promise.resolve([]).finally(() => note(collection, where)),
      count: (collection: string, where?: object) =>
        Promise.resolve(0).finally(() => note(collection, where)),
    };
    const ports = { ...store, store, clock: () => new Date('2024-01-26T12:00:00Z') };
    const folder = join(root, 'shared/state');
    for (const file of readdirSync(folder)) {
      const module = (await import(join(folder, file))) as Readonly<Record<string, unknown>>;
      for (const read of Object.values(module)) {
        if (typeof read !== 'function' || /^class /.test(String(read))) continue;
        try {
          await (read as (...given: unknown[]) => unknown)(ports, { messageId: 'x' }, 'x');
        } catch {
          // What needs more than this to go on has made its queries by then, or makes none.
        }
      }
    }
  });

  it('have an index for each query on several fields, and no other', () => {
    expect(new Set(queries.map(({ collection }) => collection)).size).toBeGreaterThan(6);
    expect(queries.filter(({ fields }) => fields.length > 0).length).toBeGreaterThan(8);
    const several = queries
      .filter(({ fields }) => fields.length > 1)
      .map(({ collection, fields }) => `${collection}/${fields.join(',')}`);
    expect([...new Set(several)].sort()).toEqual(
      COMPOSITE_INDEXES.map(({ collection, fields }) => `${collection}/${fields.join(',')}`).sort(),
    );
  });

  it('are never looked for by a field that is not indexed', () => {
    const unindexed = new Set(UNINDEXED_FIELDS.map(({ collection, field }) => `${collection}/${field}`));
    for (const { collection, fields } of queries)
      for (const field of fields) expect(unindexed).not.toContain(`${collection}/${field}`);
  });
});

describe('schedules', () => {
  it('have a zone, five fields, and a message that the sweep accepts', () => {
    expect(SCHEDULE_ZONE).toBe('America/New_York');
    for (const { cron, message } of SCHEDULES) {
      expect(cron.split(' ')).toHaveLength(5);
      expect(decode(sweepRequested, JSON.stringify(message))).toMatchObject({ ok: true });
    }
    expect(SCHEDULES.some(({ message }) => message['reconcile'] === true)).toBe(true);
  });
});

describe('the schedule of the training', () => {
  it('is at ten in the morning of the first of each month, in winter and in summer, and off', () => {
    const next = (after: string): string | undefined =>
      new Cron(RETRAINING.cron, { timezone: SCHEDULE_ZONE }).nextRun(after)?.toISOString();
    expect(next('2024-02-14T12:00:00Z')).toBe('2024-03-01T15:00:00.000Z');
    expect(next('2024-03-01T15:00:00Z')).toBe('2024-04-01T14:00:00.000Z');
    const spec = deployment().schedules.find(({ name }) => name === RETRAINING.name);
    expect(spec).toMatchObject({ isEnabled: false, zone: SCHEDULE_ZONE, does: { kind: 'start' } });
    expect(
      deployment(target('', { retrain: 'monthly' })).schedules.map(({ isEnabled }) => isEnabled),
    ).not.toContain(false);
  });
});

describe('alerts and charts', () => {
  it('look only at metrics that are made', () => {
    const made = new Set(deployment().metrics.map(({ name }) => `logging.googleapis.com/user/${name}`));
    const text = JSON.stringify([deployment().alerts, deployment().dashboard]);
    const named = [...text.matchAll(/logging\.googleapis\.com\/user\/[a-z_]+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(made).toContain(name);
    expect(made).toContain(metricType(target(), 'sweeps_finished'));
  });

  it('tell whoever is told what to look at', () => {
    for (const { policy } of deployment(
      target('', { notificationChannels: ['projects/p/notificationChannels/1'] }),
    ).alerts) {
      expect(policy['documentation']).toMatchObject({ content: expect.stringMatching(/.{30}/) });
      expect(policy['notificationChannels']).toEqual(['projects/p/notificationChannels/1']);
    }
  });
});

describe('tables', () => {
  it('are partitioned, filtered by date and kept; key columns are never NULL', () => {
    for (const shape of tableShapes(registry)) {
      const sql = plan.files.get(`ddl/${shape.dataset}.${shape.name}.sql`) ?? '';
      expect(sql).toContain(`PARTITION BY \`${shape.partitionColumn}\``);
      expect(sql).toContain('require_partition_filter = TRUE');
      // Only changes of rows are forgotten after some time.
      expect(/partition_expiration_days = (\d+)/.exec(sql)?.[1]).toBe(
        shape.name === 'row_changes' ? '90' : undefined,
      );
      expect(sql).not.toMatch(/expiration_timestamp|table_expiration/);
      expect(sql).toContain(`\`${shape.partitionColumn}\` DATE NOT NULL`);
      expect(shape.clusterBy.length).toBeLessThanOrEqual(4);
    }
  });

  it('of the dataset for staged rows expire, and those of no other', () => {
    for (const [name, sql] of plan.files)
      if (name.endsWith('.dataset.sql'))
        expect(sql.includes('default_table_expiration_days'), name).toBe(name.includes('nba_staging'));
  });

  it('of run history have one column for each field of a row', () => {
    const row: Record<keyof RunHistoryRow, unknown> = RUN_HISTORY_COLUMNS;
    const columns: Record<keyof typeof RUN_HISTORY_COLUMNS, unknown> = row;
    expect(Object.keys(columns)).toEqual(Object.keys(RUN_HISTORY_COLUMNS));
  });
});

describe('what is wanted and what is there', () => {
  it('are compared in the fields that are wanted', () => {
    expect(holds({ a: 1, b: [{ c: 'x', d: 2 }], e: 'more' }, { a: 1, b: [{ c: 'x' }] })).toBe(true);
    expect(holds({ a: 1, b: [{ c: 'x' }, { c: 'y' }] }, { a: 1, b: [{ c: 'x' }] })).toBe(false);
    expect(holds({ a: 2 }, { a: 1 })).toBe(false);
    expect(holds({}, { threshold: 0, list: [], text: '', duration: '0s', flag: false })).toBe(true);
    expect(holds({ n: '600' }, { n: 600 })).toBe(true);
    expect(holds({}, { a: 1 })).toBe(false);
  });

  it('are named with both values where they differ', () => {
    expect(differences({ attempts: 8, name: 'x' }, { attempts: 5, name: 'x' })).toEqual([
      'attempts is 5, not 8',
    ]);
  });
});
